# OpenSSL's digests, ciphers and signatures with fixed keys; a new key signs what it verifies.
set -eu
cd "$(mktemp -d)"
seq 1 40000 > data
for digest in md5 sha1 sha256 sha384 sha512 sha3-256 blake2b512 ripemd160; do openssl dgst -"$digest" data; done
key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
iv=f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff
for cipher in aes-128-cbc aes-256-cbc aes-256-ctr aria-256-cbc camellia-256-cbc chacha20; do
  case $cipher in *128*) k=${key%????????????????????????????????} ;; *) k=$key ;; esac
  openssl enc -"$cipher" -K "$k" -iv "$iv" -in data -out packed
  echo "$cipher $(sha256sum < packed)"
  openssl enc -d -"$cipher" -K "$k" -iv "$iv" -in packed | cmp - data
done
openssl dgst -sha256 -mac hmac -macopt hexkey:$key data
cat > ed25519.pem <<'KEY'
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----
KEY
openssl pkeyutl -sign -inkey ed25519.pem -rawin -in data -out signature
echo "ed25519 $(sha256sum < signature)"
openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt pass:subzero -kdfopt salt:ice -kdfopt iter:2000 PBKDF2
openssl genrsa -out rsa.pem 1024 2> /dev/null
openssl dgst -sha256 -sign rsa.pem -out signature data
openssl rsa -in rsa.pem -pubout -out public.pem 2> /dev/null
openssl dgst -sha256 -verify public.pem -signature signature data
openssl ecparam -name prime256v1 -genkey -noout -out ec.pem
openssl dgst -sha256 -sign ec.pem -out signature data
openssl ec -in ec.pem -pubout -out public.pem 2> /dev/null
openssl dgst -sha256 -verify public.pem -signature signature data
openssl prime 1000000007 1000000011
