#!/usr/bin/env bash
# Builds the image and tries it, where neither a container engine nor an image registry can be had: buildah follows the
# Dockerfile in a chroot, on a base of Debian's packages. As root: apt-get install buildah debootstrap
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d /var/tmp/exp-image-XXXXXX)
export BUILDAH_ISOLATION=chroot
buildah() { command buildah --root "$work/storage" --runroot "$work/run" "$@"; }
trap 'buildah rm --all > /dev/null; rm -rf "$work"' EXIT

# The base: it trusts the certificates that this machine trusts, and uses its mirrors.
make_base() {
  local mirror index base
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
  debootstrap --variant=minbase trixie "$work/debian" "$mirror" > "$work/debootstrap.log"
  cp -r /usr/local/share/ca-certificates "$work/debian/usr/local/share/"
  base=$(buildah from scratch)
  buildah add --quiet "$base" "$work/debian" /
  buildah config --env "npm_config_registry=$(npm config get registry)" "$base"
  if index=$(pip config get global.index-url 2> /dev/null); then buildah config --env "PIP_INDEX_URL=$index" "$base"; fi
  buildah commit --quiet "$base" docker.io/library/debian:trixie-slim
}

# As the image's user: trains with two workers, then starts a program by SSH as the launcher of an MPIJob does.
try_image() {
  local container keys=$work/keys
  container=$(buildah from --pull=never localhost/explab)
  mkdir "$keys"
  ssh-keygen -q -t ecdsa -b 521 -N '' -f "$keys/id_rsa"
  cp "$keys/id_rsa.pub" "$keys/authorized_keys"
  chmod 644 "$keys"/*
  buildah run --volume "$keys:/home/exp/.ssh:ro" "$container" -- bash -euc '
    id
    exp run diffuse --workers 2 maxSteps=3
    /usr/sbin/sshd -D -o ListenAddress=127.0.0.1 &
    ssh localhost exp --version
    kill %1'
}

time make_base
time buildah build --pull=never --tag explab --file docker/Dockerfile .
time try_image
buildah images explab
