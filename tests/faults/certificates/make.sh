#!/bin/sh
# Made once, kept in the repository: the keys protect nothing but tests on loopback. Needs openssl 3.
# An authority that only tests trust, what it signed for this machine, and what must never be believed.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: > "$work/index.txt"
echo 01 > "$work/serial"
cat > "$work/ca.cnf" <<CONFIG
[ca]
default_ca = tests
[tests]
database = $work/index.txt
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
CONFIG

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
# name, subject alternative names, first and last day
sign() {
  key "$1"
  openssl req -new -key "$1.key" -subj "/CN=$1" -addext "subjectAltName=$2" -out "$work/$1.csr"
  openssl ca -batch -notext -config "$work/ca.cnf" -cert authority.pem -keyfile "$work/authority.key" \
    -startdate "$3" -enddate "$4" -in "$work/$1.csr" -out "$1.pem" 2> /dev/null
}

openssl ecparam -name prime256v1 -genkey -noout -out "$work/authority.key"
openssl req -x509 -new -key "$work/authority.key" -subj "/CN=onbehalf tests" -days 36500 -out authority.pem
here="DNS:localhost,IP:127.0.0.1"
sign good "$here" 20250101000000Z 21250101000000Z
sign expired "$here" 20200101000000Z 20200102000000Z
sign early "$here" 21200101000000Z 21250101000000Z
sign elsewhere "DNS:elsewhere.example" 20250101000000Z 21250101000000Z
key selfSigned
openssl req -x509 -new -key selfSigned.key -subj "/CN=localhost" -addext "subjectAltName=$here" \
  -days 36500 -out selfSigned.pem
