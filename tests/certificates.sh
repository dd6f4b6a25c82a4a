#!/bin/sh
# Certificates for tests of TLS, made anew each time; nothing of it is ever trusted outside the test.
# usage: certificates.sh DIR
#   ca.pem                        authority of everything but self.pem and stranger.pem
#   right.pem wrong.pem expired.pem self.pem   servers: localhost, another name, past its end, signed by itself
#   client.pem client.key client-locked.key    a client; the second key needs the word in client.word
#   stranger.pem                  a client of an authority that nobody knows
set -eu
dir=$1
mkdir -p "$dir"
cd "$dir"

authority() { # authority NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" \
        -days 30 -subj "/CN=Otoritas uji $1" -addext basicConstraints=critical,CA:TRUE \
        -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
}

# signed NAME SUBJECT ALTERNATIVE-NAMES USAGE AUTHORITY [DAYS]
signed() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" \
        -subj "/CN=$2" 2>/dev/null
    printf 'subjectAltName=%s\nextendedKeyUsage=%s\nbasicConstraints=CA:FALSE\n' "$3" "$4" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$5.pem" -CAkey "$5.key" -CAcreateserial -days "${6:-30}" \
        -extfile "$1.ext" -out "$1.pem" 2>/dev/null
    rm -f "$1.csr" "$1.ext"
}

authority ca
authority nobody
here=DNS:localhost,IP:127.0.0.1
signed right localhost "$here" serverAuth ca
signed wrong agency.example.invalid DNS:agency.example.invalid serverAuth ca
signed client "pipa uji" DNS:client.example.invalid clientAuth ca
signed stranger "orang lain" DNS:client.example.invalid clientAuth nobody

# openssl x509 takes no past date; its ca command does.
mkdir -p past
: >past/index.txt
echo 01 >past/serial
cat >past/conf <<TEXT
[ca]
default_ca = one
[one]
database = past/index.txt
serial = past/serial
new_certs_dir = past
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any
x509_extensions = ext
[any]
commonName = supplied
[ext]
subjectAltName = $here
extendedKeyUsage = serverAuth
TEXT
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout expired.key -out expired.csr \
    -subj /CN=localhost 2>/dev/null
openssl ca -batch -notext -config past/conf -startdate 20200101000000Z -enddate 20210101000000Z \
    -in expired.csr -out expired.pem 2>/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout self.key -out self.pem -days 30 \
    -subj /CN=localhost -addext "subjectAltName=$here" 2>/dev/null
head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >client.word
openssl pkey -in client.key -aes256 -passout file:client.word -out client-locked.key
rm -rf past expired.csr ./*.srl
