#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Download a Debian package and unpack it without installing: for what must not
# change the user's machine, such as a boot kernel or a web server. Needs no root.
#
# usage: unpack-package.sh PACKAGE FOLDER
set -euo pipefail
. "$(dirname "$0")/lib.sh"

package=$1 folder=$2
[[ ! -e $folder/.done ]] || exit 0

say "fetching $package into $folder (not installed)"
rm -rf "$folder.new"
mkdir -p "$folder.new/.deb"
cd "$folder.new/.deb"
# The sandbox user could not write here, and apt would say so at length.
apt-get -q -o APT::Sandbox::User=root download "$package" ||
	die "apt cannot download $package: is the package list up to date (apt-get update)?"
dpkg-deb -x ./*.deb "$folder.new"
rm -rf "$folder.new/.deb"
touch "$folder.new/.done"
rm -rf "$folder"
mv "$folder.new" "$folder"
