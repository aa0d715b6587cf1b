-- Longest time between one change and the next, in days, from day 0 to end_day, given the days of all changes in order; null without a list.
create or replace macro macros.longest_gap(change_days, end_day) as
    case when change_days is not null then
        list_max(
            list_transform(
                list_zip(
                    list_append(list_filter(change_days, lambda day: day < end_day), end_day),
                    list_prepend(0, list_filter(change_days, lambda day: day < end_day))
                ),
                lambda pair: pair[1] - pair[2]
            )
        )
    end;
