-- Whether an equal share of the neutral fields stood filled; null where there are none, where unknown ones decide, and without field
-- history. tagging, answers_needed: as in macros.focus_of.
create or replace macro macros.is_tidy_of(controls_known, controls_unknown, answers_needed, tagging) as
    case when tagging.has_field_history and tagging.controls > 0 then
        macros.has_enough(
            controls_known,
            controls_unknown,
            ceil(coalesce(answers_needed, tagging.answers_needed) * tagging.controls / nullif(tagging.questions, 0))
        )
    end;
