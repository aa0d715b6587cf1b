-- Whether bit question_no of a whole number is set; see macros.answer_bits.
create or replace macro macros.has_bit(bits, question_no) as (bits >> question_no) & 1 = 1;
