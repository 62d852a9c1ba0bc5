package complete

const fishScript = `# fish completion for @command@

function @function@_names
    for f in /run/netns/*
        string replace /run/netns/ '' -- $f
    end
end

function @function@_devices
    for f in /sys/class/net/*
        string replace /sys/class/net/ '' -- $f
    end
end

# Tells what the word at the cursor is: first, that of an object, or what is behind.
function @function@_at
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        if string match -qr -- '^(@valued?@)$' $words[1]
            if not set -q words[2]
                set -l found none
                string match -qr -- '^(@-netns?@)$' $words[1]; and set found names
                string match -qr -- '^(@-family?@)$' $words[1]; and set found families
                test $argv[1] = $found
                return
            end
            set -e words[1..2]
        else if string match -q -- '-*' $words[1]
            set -e words[1]
        else
            break
        end
    end
    if not set -q words[1]
        test $argv[1] = first
        return
    end
    set -l object netns
    string match -qr -- '^(@object?@)$' $words[1]; and set object @object@
    if test $object != netns; or string match -qr -- '^(@netns?@)$' $words[1]
        set -e words[1]
    end
    if not set -q words[1]
        test $argv[1] = $object
        return
    end
    set -l prev $words[-1]
    set -l found none
    if test $object = netns
        if string match -qr -- '^(@ends?@)$' $words[1]
            set found ends
            string match -qr -- '^(@connect value?@)$' $prev; and set found devices
        else if string match -qr -- '^(@names?@)$' $words[1]
            set found names
        else if string match -qr -- '^(@name first?@)$' $words[1]; and test (count $words) = 1
            set found names
        end
    else if string match -qr -- '^(@name behind?@)$' $object:$prev
        set found names
    else if string match -qr -- '^(@kind behind?@)$' $object:$prev
        set found kinds
    else if string match -qr -- '^(@device behind?@)$' $object:$prev
        set found devices
    else if test (count $words) = 1
        string match -qr -- '^(@device first?@)$' $object:$words[1]; and set found devices
    end
    test $argv[1] = $found
end

complete -c @command@ -f
complete -c @command@ -n '@function@_at first' -a '@first@'
complete -c @command@ -n '@function@_at netns' -a '@netns@'
complete -c @command@ -n '@function@_at @object@' -a '@object verbs@'
complete -c @command@ -n '@function@_at kinds' -a '@kinds@'
complete -c @command@ -n '@function@_at devices' -a '(@function@_devices)'
complete -c @command@ -n '@function@_at families' -a '@families@'
complete -c @command@ -n '@function@_at names' -a '(@function@_names)'
complete -c @command@ -n '@function@_at ends' -a 'host (@function@_names) @connect@'
`
