# Writes the key with which Secrets are encrypted in etcd, once. The key never leaves the file except for the other control planes.
set -eu
file=$1
[ ! -e "$file" ] || exit 0
umask 077
key=$(head -c 32 /dev/urandom | base64)
cat > "$file.new" <<CONFIG
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
            - name: first
              secret: $key
      # What was written before there was a key stays readable.
      - identity: {}
CONFIG
sync "$file.new"
mv "$file.new" "$file"
echo "made a key"
