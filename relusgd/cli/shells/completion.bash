# Completion of relusgd in bash 4.4 and later.

_relusgd_complete() {
    local typed="${COMP_LINE:0:COMP_POINT}"
    # bash breaks words at = and :, which names of run folders and --set KEY=VALUE hold. What it
    # sees of the last word is $2; what stands before is already on the line.
    local before="${typed%"$2"}"
    before="${before##*[[:space:]]}"
    before="${before//[\"\'\\]/}"

    local offered line
    offered=$(
        env COLUMNS=1000 _RELUSGD_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
            _TYPER_COMPLETE_ARGS="$typed" "${1/#\~/$HOME}" 2>/dev/null
    )
    COMPREPLY=()
    while IFS= read -r line; do
        line="${line%%$'\t'*}"
        [[ -n $line ]] || continue
        [[ -z $before ]] || line="${line#*"$before"}"
        if [[ $line == *[[:space:]\"\'\\\$\`\&\;\(\)\<\>\|\*\?\[\]]* && $typed != *[\"\']"$2" ]]; then
            printf -v line '%q' "$line"
        fi
        COMPREPLY+=("$line")
    done <<<"$offered"

    # After KEY= or FOLDER/ the word goes on.
    if [[ ${#COMPREPLY[@]} -gt 0 && ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace
    fi
}

complete -o default -F _relusgd_complete relusgd
