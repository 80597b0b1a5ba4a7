-- Companies are found by the beginning of any word of their name or slug, by an index: the text from each word on (see `companies::keep_words`).
create table company_word (
  word text not null,
  company_id text not null references company (id),
  primary key (word, company_id)
);
create index company_word_of on company_word (company_id);
with recursive place (company_id, text, n) as (
  select id, name_key, 1 from company
  union all select id, slug, 1 from company
  union all select company_id, text, n + 1 from place where n < length(text)
)
insert into company_word (word, company_id)
select distinct substr(text, n), company_id from place
where substr(text, n, 1) not in (' ', '-', '.', ',', '/', '&', '+', '_', '(', ')', '"', '''')
  and (n = 1 or substr(text, n - 1, 1) in (' ', '-', '.', ',', '/', '&', '+', '_', '(', ')', '"', ''''));
