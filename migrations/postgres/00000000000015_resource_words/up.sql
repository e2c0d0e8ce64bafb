-- Words for the scopes of a resource, by scope and language, as a JSON object: {"notes.read": {"": "Read your notes"}}.
ALTER TABLE resources ADD COLUMN scope_words TEXT NOT NULL DEFAULT '{}';
