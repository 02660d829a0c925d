#!/usr/bin/env bash
# Chromium for the tests of the dashboard: Debian's package, as root or by sudo.
set -euo pipefail
command -v chromium && exit
sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)
"${sudo[@]}" apt-get update --quiet
"${sudo[@]}" apt-get install --yes --quiet --no-install-recommends chromium
command -v chromium
