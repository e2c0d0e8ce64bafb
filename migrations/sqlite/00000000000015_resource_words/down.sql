ALTER TABLE resources DROP COLUMN scope_words;
