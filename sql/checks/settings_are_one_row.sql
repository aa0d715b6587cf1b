-- There is one row of settings, and answers needed do not exceed the mapped questions.
select count(*) as settings, max(answers_needed) as needed
from raw.settings
having count(*) <> 1
    or (
        max(answers_needed) > (select count(*) from raw.questions where is_mapped and not is_neutral)
        and (select count(*) from raw.questions where is_mapped and not is_neutral) > 0
    )
