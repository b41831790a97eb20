# Sourced by the lab's scripts: installs the Debian packages that are missing. Needs root and Debian.
lab_packages() {
  local missing=() package
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "the integration tests need Debian's packages: ${missing[*]} (run as root on Debian, or install them)" >&2
    exit 1
  fi
  apt-get update -qq -o DPkg::Lock::Timeout=300 >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}" >/dev/null
}
LAB_DIR=${LAB_DIR:-${TMPDIR:-/tmp}/headroom-lab}
