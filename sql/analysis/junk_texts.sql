-- Which texts are written into the buyer's questions and say nothing?
-- They count as answers in a CRM report and as none here. A pasted text is one that stands on many deals, a copied one the deal's own name,
-- account or stage.
select question, reason, text, deals
from metrics.junk_answers(row_limit := 20)
order by deals desc, question, text;
