#!/usr/bin/env bash
# The mandates of every active merchant, one file each. The key comes from NUAPAY_API_KEY.
set -euo pipefail
folder=${1:?a folder to write to}

onbehalf organisations list --status ACTIVE --page-size 3 --output json |
  node -e 'for (const { id } of JSON.parse(require("fs").readFileSync(0))) console.log(id)' |
  while read -r merchant; do
    onbehalf api GET /mandates --organisation "$merchant" --scope admin < /dev/null > "$folder/$merchant.json"
    echo "$merchant"
  done
