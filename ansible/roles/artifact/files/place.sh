# Puts downloaded files where they belong: programs as they are, archives unpacked. Each appears under its name only when it is
# whole, so that a run which is killed leaves nothing that a later one would take for complete.
#
# Arguments: the directory of our software, then for each file its name there and what it becomes. A name that ends in gz is
# that of an archive; what it becomes is a name inside it, below the directory that it is unpacked to.
set -eu
cd "$1"
shift
while [ $# -gt 0 ]; do
    file=$1 target=$2
    shift 2
    directory=${target%%/*}
    case $file in
        *gz)
            rm -rf "$directory.part"
            mkdir "$directory.part"
            tar --no-same-owner -xzf "$file" -C "$directory.part"
            sync "$directory.part"
            rm -rf "$directory"
            mv "$directory.part" "$directory"
            rm "$file"
            ;;
        *)
            mkdir -p "$directory"
            sync "$file"
            mv "$file" "$target"
            ;;
    esac
done
