#!/usr/bin/env bash
# The mandates of the first three active merchants, one file each; --all in place of --page-size 3 takes every one.
# The key comes from NUAPAY_API_KEY.
set -euo pipefail
folder=${1:?a folder to write to}

onbehalf organisations list --status ACTIVE --type MERCHANT --page-size 3 --output csv |
  tail -n +2 | cut -d, -f1 |
  while read -r merchant; do
    onbehalf api GET /mandates --organisation "$merchant" --scope admin < /dev/null > "$folder/$merchant.json"
    echo "$merchant"
  done
