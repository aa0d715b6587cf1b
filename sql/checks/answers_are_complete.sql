-- Every deal has one row for each mapped question.
select deals.deal_key, count(answers.question) as questions
from marts.deals as deals
left join marts.deal_answers as answers on answers.deal_key = deals.deal_key
group by deals.deal_key
having count(answers.question) <> (select count(*) from raw.questions where is_mapped)
