-- Who is compared with whom, and was that ever changed?
-- The first row of a setting has no old value; each later one is a change that may move figures.
select as_of, setting, old_value, new_value
from raw.settings_log
order by setting, loaded_at;
