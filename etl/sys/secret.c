/* Where do passwords and keys come from, without ever being shown? */
#include <ctype.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "talent/etl/cfg.h"
#include "talent/etl/file.h"
#include "talent/etl/log.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define TP_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define TP_SANITIZED
#endif

enum { SECRET_MAX = 64 << 10, KEY_BYTES = 32, KEY_HEX = 2 * KEY_BYTES };

static tp_code
check_name(const char *name, tp_err *err)
{
    const size_t n = strlen(name);
    const size_t good = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-.");
    if (n == 0 || n > 64 || good != n || name[0] == '.') {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "secret name \"%.64s\": expected 1 to 64 of a-z 0-9 _ - . and no leading dot",
                      name);
    }
    return TP_OK;
}

static const char *
secrets_dir(const tp_cfg *cfg, tp_buf *buf)
{
    const char *dir = tp_cfg_text(cfg, "secrets.dir");
    return dir[0] != '\0' ? dir : tp_path_join(buf, tp_cfg_text(cfg, "state.dir"), "secrets");
}

static void
variable_name(const char *name, tp_buf *out)
{
    tp_buf_puts(out, "TALENTPOOL_SECRET_");
    for (const char *p = name; *p != '\0'; p++) {
        tp_buf_char(out, isalnum((unsigned char)*p) ? (char)toupper((unsigned char)*p) : '_');
    }
}

static void
wipe(tp_buf *buf)
{
    if (buf->p != NULL) {
        sodium_memzero(buf->p, buf->cap);
    }
    tp_buf_clear(buf);
}

/* Said once: the first such file tells the operator what to look for. */
static void
warn_if_open(const char *path)
{
    static atomic_flag told = ATOMIC_FLAG_INIT;
    TP_AUTO_BUF(dir);
    struct stat file;
    struct stat folder;
    const char *slash = strrchr(path, '/');
    tp_buf_put(&dir, slash != NULL ? path : ".", slash != NULL ? (size_t)(slash - path) + 1 : 1);
    if (stat(path, &file) != 0 || stat(tp_buf_cstr(&dir), &folder) != 0 ||
        (file.st_mode & 077) == 0 || (folder.st_mode & 011) == 0) {
        return; /* its own mode or that of its folder keeps others out */
    }
    if (!atomic_flag_test_and_set(&told)) {
        tp_log(TP_LOG_WARN, "secrets",
               "%s can be read by other users of this machine; type: chmod 600 %s*", path,
               tp_buf_cstr(&dir));
    }
}

void
tp_secret_guard_memory(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#ifndef TP_SANITIZED /* the leak checker attaches to its own process */
    (void)prctl(PR_SET_DUMPABLE, 0);
#endif
}

/* Looks in the file, then in the environment. *out_found false: neither is there. */
static tp_code
look_up(const char *path, const char *variable, tp_buf *out, bool *out_found, tp_err *err)
{
    if (tp_file_exists(path)) {
        warn_if_open(path);
        tp_err why = {0};
        const size_t before = out->n;
        if (tp_file_read(path, SECRET_MAX, out, &why) != TP_OK) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "secret file cannot be read: %s", why.frame[0].text);
        }
        if (out->n > before && out->p[out->n - 1] == '\n') {
            out->n--;
        }
        if (out->n > before && out->p[out->n - 1] == '\r') {
            out->n--;
        }
        if (out->p != NULL) {
            out->p[out->n] = '\0';
        }
        *out_found = true;
        return TP_OK;
    }
    const char *value = getenv(variable);
    *out_found = value != NULL;
    if (value != NULL) {
        tp_buf_puts(out, value);
    }
    return TP_OK;
}

tp_code
tp_secret(const tp_cfg *cfg, const char *name, tp_buf *out, tp_err *err)
{
    TP_AUTO_BUF(dir);
    TP_AUTO_BUF(path);
    TP_AUTO_BUF(variable);
    bool found = false;
    TP_RETURN_SAME(check_name(name, err));
    (void)tp_path_join(&path, secrets_dir(cfg, &dir), name);
    variable_name(name, &variable);
    TP_RETURN_SAME(look_up(tp_buf_cstr(&path), tp_buf_cstr(&variable), out, &found, err));
    if (!found) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "secret %s is not set: write it to %s (mode 0600) or set %s", name,
                      tp_buf_cstr(&path), tp_buf_cstr(&variable));
    }
    if (out->failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "secret %s: no room for its value", name);
    }
    return TP_OK;
}

/* Makes the key file; another process may be first, and then its key stands. */
static tp_code
make_key(const char *dir, const char *path, tp_err *err)
{
    unsigned char key[KEY_BYTES];
    char text[KEY_HEX + 2];
    bool made = false;
    TP_RETURN_IF_ERR(err, tp_dir_make(dir, 0700, err), "make the folder of secrets");
    randombytes_buf(key, sizeof key);
    (void)sodium_bin2hex(text, sizeof text, key, sizeof key);
    text[KEY_HEX] = '\n';
    const tp_code rc = tp_file_create(path, text, KEY_HEX + 1, 0600, &made, err);
    sodium_memzero(key, sizeof key);
    sodium_memzero(text, sizeof text);
    return rc;
}

tp_code
tp_secret_key(const tp_cfg *cfg, const char *name, uint8_t out[32], tp_err *err)
{
    TP_AUTO_BUF(dir_buf);
    TP_AUTO_BUF(path);
    TP_AUTO_BUF(variable);
    TP_RETURN_SAME(check_name(name, err));
    if (sodium_init() < 0) {
        TP_RETURN_ERR(err, TP_E_BUG, "libsodium cannot start: no source of random numbers");
    }
    const char *dir = secrets_dir(cfg, &dir_buf);
    (void)tp_path_join(&path, dir, name);
    variable_name(name, &variable);
    if (!tp_file_exists(tp_buf_cstr(&path)) && getenv(tp_buf_cstr(&variable)) == NULL &&
        tp_cfg_bool(cfg, "secrets.make_keys")) {
        TP_RETURN_IF_ERR(err, make_key(dir, tp_buf_cstr(&path), err), "make the key %s", name);
    }
    TP_CLEANUP(wipe) tp_buf text = {0};
    TP_RETURN_SAME(tp_secret(cfg, name, &text, err));
    unsigned char key[KEY_BYTES];
    size_t n = 0;
    if (text.n != KEY_HEX || sodium_hex2bin(key, sizeof key, text.p, text.n, NULL, &n, NULL) != 0 ||
        n != sizeof key) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "key %s: expected %d hex digits in %s or %s", name, KEY_HEX,
                      tp_buf_cstr(&path), tp_buf_cstr(&variable));
    }
    memcpy(out, key, sizeof key);
    sodium_memzero(key, sizeof key);
    return TP_OK;
}
