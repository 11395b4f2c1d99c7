-- Users who sign in with a name and a password. Their issuer is 'local', and their subject is the name in lower case.
ALTER TABLE user ADD COLUMN password TEXT;  -- argon2id (PHC); NULL until an invitation is used, and for users of an identity provider

-- A user who opens the link of an invitation chooses the password: nobody else knows it.
CREATE TABLE invitation (
  user_id TEXT PRIMARY KEY REFERENCES user,
  sha256 BLOB NOT NULL UNIQUE,     -- of the code
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
