-- Full-text search in Chinese: pairs of characters in a GIN index, beside who may see the text and when.

create function bigrams(words text) returns text[]
language sql immutable strict parallel safe as $$
    select coalesce(array_agg(distinct one || following), '{}') from (
        select one, lead(one) over (order by place) as following
        from unnest(string_to_array(
            lower(regexp_replace(normalize(words, NFKC), '[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]', '', 'g')), null
        )) with ordinality as letters (one, place)
    ) pairs
    where following is not null
$$;

-- As the index knows words: full-width as half-width, no capitals, nothing invisible.
create function plain_words(words text) returns text
language sql immutable strict parallel safe as $$
    select lower(regexp_replace(normalize(words, NFKC), '[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]', '', 'g'))
$$;

-- Everybody who sees a case, as marks of the month in which it was reported: `2611@620821101`, `2611>620821/police`.
create function case_sight(area_code text, access text[], reported_at timestamptz) returns text[]
language sql stable parallel safe as $$
    select array_agg(to_char(reported_at at time zone 'UTC', 'YYMM') || mark) from (
        select '@' || left(area_code, digits) as mark
        from unnest(array[2, 4, 6, 9, 12, 15]) as digits where digits <= length(area_code)
        union all select '>' || desk from unnest(access) as desk
    ) marks
$$;

alter table case_texts add column sight text[] not null default '{}';

create function see_text() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    select case_sight(c.area_code, c.access, c.reported_at) into new.sight from cases c where c.id = new.case_id;
    new.sight := coalesce(new.sight, '{}');
    return new;
end $$;

create trigger case_texts_seen before insert on case_texts for each row execute function see_text();

create function see_texts_anew() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update case_texts set sight = case_sight(new.area_code, new.access, new.reported_at) where case_id = new.id;
    return null;
end $$;

create trigger cases_seen_anew after update of area_code, access on cases for each row
when (old.area_code is distinct from new.area_code or old.access is distinct from new.access)
execute function see_texts_anew();

update case_texts t set sight = case_sight(c.area_code, c.access, c.reported_at) from cases c where c.id = t.case_id;

create index ix_case_texts_words on case_texts using gin (bigrams(text), sight);

create index ix_cases_category_reported_at on cases (category, reported_at);

create index ix_cases_holder_reported_at on cases (holder, reported_at);

create index ix_assignments_unit on assignments (unit);

-- The newest cases in the caller's sight with a text that holds all words, from a place on. No search operator is
-- leakproof, so a policy would keep the index out: this function applies the scope by itself, from the same settings.
-- It goes month by month, newest first, so that a word that is everywhere costs one month and not all of them.
create function search_cases(words text[], before_at timestamptz, before_id uuid, most int)
returns table (case_id uuid, reported_at timestamptz, kind text, excerpt text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    lo text := current_setting('wall.lo', true);
    hi text := current_setting('wall.hi', true);
    desk text := current_setting('wall.desk', true);
    plain text[];
    keys text[];
    marks text[];
    month timestamp;
    first_month timestamp;
    found_now int;
    exact boolean;
begin
    if current_setting('wall.role', true) not in (
        'dispatcher', 'duty_officer', 'village_officer', 'grid_officer', 'department', 'mediator'
    ) then
        return;
    end if;
    select array_agg(plain_words(word)), bool_and(char_length(plain_words(word)) = 2) into plain, exact
      from unnest(words) as word;
    select array_agg(distinct pair) into keys from unnest(plain) as word, unnest(bigrams(word)) as pair;
    if keys is null then
        return;
    end if;
    select date_trunc('month', least(before_at, max(c.reported_at)) at time zone 'UTC'),
           date_trunc('month', min(c.reported_at) at time zone 'UTC')
      into month, first_month from cases c;
    while month >= first_month and most > 0 loop
        marks := '{}';
        if lo <> '' and hi > '' then
            marks := marks || (to_char(month, 'YYMM') || '@' || lo);
        end if;
        if desk <> '' then
            marks := marks || (to_char(month, 'YYMM') || '>' || desk);
        end if;
        -- Sorted before the words are compared, so that comparing stops as soon as the page is full. A word of two
        -- characters is its own pair and needs no comparing.
        return query
            select one.id, one.at, one.kind,
                   substr(one.said, greatest(1, position(plain[1] in plain_words(one.said)) - 12), 60)
            from (
                select distinct on (sorted.at, sorted.id) sorted.* from (
                    select c.id, c.reported_at as at, t.kind::text as kind, t.text as said, t.id as text_id
                    from case_texts t join cases c on c.id = t.case_id
                    where bigrams(t.text) @> keys and t.sight && marks
                      and ((c.area_code >= lo and c.area_code < hi) or c.access && array[desk])
                      and (before_at is null or (c.reported_at, c.id) < (before_at, before_id))
                    order by c.reported_at desc, c.id desc, t.id offset 0
                ) sorted
                where exact or not exists (
                    select from unnest(plain) as word where position(word in plain_words(sorted.said)) = 0
                )
                order by sorted.at desc, sorted.id desc, sorted.text_id
                limit most
            ) one order by one.at desc, one.id desc;
        get diagnostics found_now = row_count;
        most := most - found_now;
        month := month - interval '1 month';
    end loop;
end $$;

revoke execute on function search_cases(text[], timestamptz, uuid, int) from public;

grant execute on function search_cases(text[], timestamptz, uuid, int) to wall_app;

-- A search looks into many cases' words at once: what was looked for is written down instead of one case.
alter table looks alter column case_id drop not null;

alter table looks add column detail text;

create index ix_looks_at on looks (at);
