#!/bin/sh
# Builds the bridge between Node and PKCS #11 modules (pkcs11js), which comes as source. Without arguments; says nothing
# when it is built already. Runs no install script and no build system: three files through g++, against the headers that
# come with the runtime. Node-API is stable over versions, so one build serves every Node from 18 on. POSIX sh.
#   exit 0  built, or the package is not installed (it is optional)   ·   exit 1  something is missing; it says what
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
say() { printf 'ward: %s\n' "$*" >&2; }
die() { say "the PKCS #11 bridge cannot be built: $1"; exit 1; }

# npm puts it beside us or at the workspace's root.
bridge=''
for folder in "$here/node_modules/pkcs11js" "$here/../../node_modules/pkcs11js" "$here/../../pkcs11js"; do
  [ -f "$folder/src/main.cpp" ] && bridge=$(CDPATH='' cd -- "$folder" && pwd -P) && break
done
[ -n "$bridge" ] || exit 0

node=${WARD_NODE:-node}
command -v "$node" >/dev/null 2>&1 || die "node is missing."
loads() { "$node" -e 'require(process.argv[1])' "$1" >/dev/null 2>&1; }
loads "$bridge/build/Release/pkcs11.node" && exit 0

command -v g++ >/dev/null 2>&1 || die "g++ is missing. Debian: apt-get install g++"
real=$("$node" -p 'require("node:fs").realpathSync(process.execPath)')
headers=''
for folder in "$(dirname -- "$real")/../include/node" /usr/include/node /usr/local/include/node; do
  [ -f "$folder/node_api.h" ] && headers=$folder && break
done
[ -n "$headers" ] || die "the headers of Node are missing (node_api.h). Debian: apt-get install libnode-dev"

say "building the PKCS #11 bridge (once)"
mkdir -p "$bridge/build/Release" || die "$bridge cannot be written."
work=$(mktemp -d "$bridge/build/work.XXXXXX") || die "$bridge cannot be written."
trap 'rm -rf "$work"' EXIT
if ! (cd "$bridge" && g++ -std=c++17 -O2 -fPIC -shared -fvisibility=hidden -fstack-protector-strong -Wl,-z,relro,-z,now \
  -DNAPI_DISABLE_CPP_EXCEPTIONS -DNODE_GYP_MODULE_NAME=pkcs11 -DBUILDING_NODE_EXTENSION \
  -I"$headers" -Iincludes src/dl.cpp src/common.cpp src/main.cpp -ldl -o "$work/pkcs11.node") >"$work/log" 2>&1; then
  tail -n 20 "$work/log" >&2
  die "g++ failed; its own words stand above."
fi
# Whole or not at all: another process may be loading it.
mv "$work/pkcs11.node" "$bridge/build/Release/pkcs11.node" || die "$bridge cannot be written."
loads "$bridge/build/Release/pkcs11.node" || die "what was built does not load."
