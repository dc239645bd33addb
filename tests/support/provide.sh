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
if ! ls /usr/lib/nginx/modules/ngx_http_brotli_static_module.so >/dev/null 2>&1; then
    system_package libnginx-mod-http-brotli-static ||
        missing "packed pages on nginx, since it lacks brotli (Debian: libnginx-mod-http-brotli-static)"
fi
if ! PATH=$PATH:/usr/sbin has sshd || ! has ssh-keygen; then
    echo "Installing OpenSSH …"
    system_package openssh-server openssh-client || # together, since a newer client holds an older server back
        missing "publishing over SSH, since there is no OpenSSH (Debian: apt-get install openssh-server openssh-client)"
fi
if ! has rsync; then
    system_package rsync || missing "publishing beside rsync, since there is none (Debian: apt-get install rsync)"
fi
if ! has git; then
    echo "Installing git …"
    system_package git || missing "publishing with git, since there is none (Debian: apt-get install git)"
fi
if ! PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q libfuse3; then
    echo "Installing libfuse3 …"
    system_package libfuse3-3 || system_package libfuse3-4 ||
        missing "tests on other systems' disks, since there is no libfuse3 (Debian: libfuse3-3 or libfuse3-4)"
fi

npm_packages() { # a folder, whose other packages npm would remove; the packages
    prefix=$1
    shift
    has npm && npm install --prefix "$prefix" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund \
        --loglevel=error "$@" >/dev/null 2>&1 </dev/null
}

if [ ! -e .tools/node_modules/vnu-jar ] || [ ! -e .tools/node_modules/sitemap ] ||
    [ ! -e .tools/node_modules/feedsmith ] || [ ! -e .tools/node_modules/commonmark-spec ] ||
    [ ! -e .tools/node_modules/lighthouse ]; then
    echo "Installing the Nu HTML checker, the site map schema, a reader of feeds, CommonMark's examples and Lighthouse …"
    npm_packages .tools vnu-jar@26.9.27 sitemap@9.0.1 feedsmith@3.0.1 commonmark-spec@0.31.2 lighthouse@13.5.0 ||
        missing "HTML checker, site map schema, JSON feeds, CommonMark's examples, Lighthouse, since npm could not install them"
fi
if [ ! -e .tools/hosts/node_modules/.bin/wrangler ] || [ ! -e .tools/hosts/node_modules/@netlify/redirect-parser ] ||
    [ ! -e .tools/hosts/node_modules/@netlify/headers-parser ]; then
    echo "Installing what Cloudflare and Netlify read host files with …"
    npm_packages .tools/hosts wrangler@4.80.0 @netlify/headers-parser@9.0.3 @netlify/redirect-parser@15.0.4 ||
        missing "host files for Cloudflare and Netlify, since npm could not install wrangler and Netlify's parsers"
fi
exit 0
