-- A question that ceased to be answered was answered before: it ends no more often than it starts, and starts at most once more.
select deal_key, question, start_days, end_days
from marts.deal_answers
where coalesce(len(end_days), 0) > coalesce(len(start_days), 0) or coalesce(len(start_days), 0) > coalesce(len(end_days), 0) + 1
