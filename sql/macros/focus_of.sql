-- The tag of a deal: customer-focused where enough answers stood there, seller-focused where they did not, unclassified where unknown ones
-- decide, and where the export has no field history or no questions. tagging: the row of prepared.tagging, as a struct; answers_needed: those
-- of the file where null.
create or replace macro macros.focus_of(answers_known, answers_unknown, answers_needed, tagging) as
    case
        when not tagging.has_field_history or tagging.questions = 0 then 'unclassified'::known_name
        when answers_known >= coalesce(answers_needed, tagging.answers_needed) then 'customer-focused'::known_name
        when answers_known + answers_unknown < coalesce(answers_needed, tagging.answers_needed) then 'seller-focused'::known_name
        else 'unclassified'::known_name
    end;
