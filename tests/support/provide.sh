#!/usr/bin/env bash
# Installs what the tests need besides Python, where that is allowed; notes down what had to be left out.
set -u
cd "$(dirname "$0")/../.."
mkdir -p .tools
: > .tools/missing

has() { command -v "$1" >/dev/null 2>&1; }
missing() { echo "Left out: $1" | tee -a .tools/missing; }

system_package() { # the packages' names
    [ "$(id -u)" = 0 ] && has apt-get || return 1
    [ -e .tools/.updated ] || { apt-get update -qq && touch .tools/.updated; } >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 </dev/null
}

if ! has chromium-headless-shell; then # in which the browser tests take half the time
    echo "Installing Chromium …"
    system_package chromium-headless-shell fonts-noto-core fonts-noto-cjk ||
        has chromium || has chromium-browser || has google-chrome ||
        system_package chromium fonts-noto-core fonts-noto-cjk ||
        missing "browser tests, since there is no Chromium (Debian: apt-get install chromium)"
fi
if ! has java; then
    echo "Installing Java …"
    system_package default-jre-headless ||
        missing "the Nu HTML checker, since there is no Java (Debian: apt-get install default-jre-headless)"
fi
if ! PATH=$PATH:/usr/sbin has apache2 || ! PATH=$PATH:/usr/sbin has nginx; then
    echo "Installing Apache and nginx …"
    system_package apache2-bin nginx-light ||
        missing "tests on real servers, since there is no Apache or nginx (Debian: apache2-bin, nginx-light)"
fi
if ! PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q libfuse3; then
    echo "Installing libfuse3 …"
    system_package libfuse3-3 || system_package libfuse3-4 ||
        missing "tests on other systems' disks, since there is no libfuse3 (Debian: libfuse3-3 or libfuse3-4)"
fi
if [ ! -e .tools/node_modules/vnu-jar ] || [ ! -e .tools/node_modules/sitemap ] ||
    [ ! -e .tools/node_modules/feedsmith ] || [ ! -e .tools/node_modules/commonmark-spec ] ||
    [ ! -e .tools/node_modules/lighthouse ]; then
    echo "Installing the Nu HTML checker, the site map schema, a reader of feeds, CommonMark's examples and Lighthouse …"
    if ! has npm || ! npm install --prefix .tools --no-save --no-package-lock --ignore-scripts --no-audit --no-fund \
        --loglevel=error vnu-jar@26.9.27 sitemap@9.0.1 feedsmith@3.0.1 \
        commonmark-spec@0.31.2 lighthouse@13.5.0 >/dev/null 2>&1 </dev/null; then
        missing "HTML checker, site map schema, JSON feeds, CommonMark's examples, Lighthouse, since npm could not install them"
    fi
fi
exit 0
