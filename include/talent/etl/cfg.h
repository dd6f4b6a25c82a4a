/* Settings: one table describes each; later wins: default, file, overlay, environment, command
 * line. */
#ifndef TALENT_ETL_CFG_H
#define TALENT_ETL_CFG_H

#include <stdbool.h>
#include <stdint.h>

#include "talent/base/buf.h"
#include "talent/base/err.h"
#include "talent/base/str.h"

typedef struct tp_cfg tp_cfg;

/* Settings with their defaults only. */
tp_code tp_cfg_new(tp_cfg **out, tp_err *err) TP_MUST_CHECK;

/* Gives it back with all it holds; accepts NULL. */
void tp_cfg_free(tp_cfg *cfg);

/* Applies a settings file ({"section": {"key": value}}); unknown keys are errors with the nearest
 * known one. The section "feeds" is free-form: names of settings that source descriptions use. A
 * relative path starts at the folder of the file. */
tp_code tp_cfg_file(tp_cfg *cfg, const char *file, tp_err *err) TP_MUST_CHECK;

/* Applies TALENTPOOL_<SECTION>_<KEY> of the environment. */
tp_code tp_cfg_env(tp_cfg *cfg, tp_err *err) TP_MUST_CHECK;

/* Applies one "section.key" = text from the command line. */
tp_code tp_cfg_set(tp_cfg *cfg, const char *name, const char *value, const char *origin,
                   tp_err *err) TP_MUST_CHECK;

/* Value of a described setting; asking for an undescribed one is a bug and aborts. */
const char *tp_cfg_text(const tp_cfg *cfg, const char *name);

/*
 * Is the file or folder that a setting names there to be read?
 * Errors   TP_E_CONFIG with the place looked at and what to type
 */
tp_code tp_cfg_need(const tp_cfg *cfg, const char *name, tp_err *err) TP_MUST_CHECK;

/* A whole number; the name must be one of the options table. */
int64_t tp_cfg_int(const tp_cfg *cfg, const char *name);

/* A switch; the name must be one of the options table. */
bool tp_cfg_bool(const tp_cfg *cfg, const char *name);

/* Free-form setting of the section "feeds"; NULL if not set. */
const char *tp_cfg_feed(const tp_cfg *cfg, const char *key);

/* Value and origin of every setting, one per line; secrets as "set" or "not set". */
void tp_cfg_show(const tp_cfg *cfg, tp_buf *out);

/* Every setting with type, default, range and help, as a settings file with the help beside it. */
void tp_cfg_defaults(tp_buf *out);

/* A secret by name: file <secrets.dir>/<name> (last line end removed), else environment
 * TALENTPOOL_SECRET_<NAME>. TP_E_CONFIG names the places looked at, never the value. A
 * file that other users can read is warned about in the log, once. */
tp_code tp_secret(const tp_cfg *cfg, const char *name, tp_buf *out, tp_err *err) TP_MUST_CHECK;

/* No memory of this process, where keys will be, goes to a core file or to another process of the
 * same user. */
void tp_secret_guard_memory(void);

/* The 32-byte key `name` of the secret store; made at random (file mode 0600) on first use when
 * secrets.make_keys is on. */
tp_code tp_secret_key(const tp_cfg *cfg, const char *name, uint8_t out[32],
                      tp_err *err) TP_MUST_CHECK;

#endif
