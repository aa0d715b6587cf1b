-- Names of the bands that amounts fall into, from the lowest, given where one ends and the next begins: one name more than edges.
create or replace macro macros.band_names(edges) as
    case
        when len(edges) = 0 then ['any amount']
        else list_concat(
            [format('under {:,}', edges[1]::bigint)],
            list_transform(
                range(1, len(edges)), lambda position: format('{:,} to {:,}', edges[position]::bigint, edges[position + 1]::bigint)
            ),
            [format('{:,} and more', edges[len(edges)]::bigint)]
        )
    end;
