CREATE TABLE meta (
        key TEXT PRIMARY KEY NOT NULL,
        value TEXT NOT NULL
    ) STRICT;

CREATE TABLE audit (
        sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
        subject TEXT NOT NULL,
        body BLOB NOT NULL,
        previous BLOB NOT NULL CHECK (length(previous) = 32),
        hash BLOB NOT NULL CHECK (length(hash) = 32)
    ) STRICT;

CREATE INDEX audit_by_subject ON audit (subject, sequence);

CREATE TABLE packs (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        pack_hash TEXT NOT NULL UNIQUE,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT;

CREATE TABLE files (
        sha256 TEXT PRIMARY KEY NOT NULL,
        content BLOB NOT NULL
    ) STRICT;

CREATE TABLE drafts (
        path TEXT NOT NULL,
        author TEXT NOT NULL,
        event INTEGER NOT NULL REFERENCES audit (sequence),
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (path, author)
    ) STRICT;

CREATE TABLE patient_keys (
        patient_id TEXT PRIMARY KEY NOT NULL,
        key BLOB NOT NULL CHECK (length(key) = 32)
    ) STRICT;

CREATE TABLE erasures (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        patient_id TEXT NOT NULL UNIQUE,
        key_sha256 TEXT NOT NULL
    ) STRICT;

CREATE TABLE holds (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        patient_id TEXT NOT NULL,
        placed INTEGER NOT NULL CHECK (placed IN (0, 1))
    ) STRICT;

CREATE INDEX holds_by_patient ON holds (patient_id, event);

CREATE TABLE records (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        patient_id TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT;

CREATE INDEX records_by_patient ON records (patient_id, event);

CREATE TABLE patients (
        patient_id TEXT PRIMARY KEY NOT NULL,
        event INTEGER NOT NULL REFERENCES records (event),
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,
        search TEXT NOT NULL,
        birth_date TEXT,
        sex TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        not_understood INTEGER NOT NULL,
        synthetic INTEGER NOT NULL,
        erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1))
    ) STRICT;

CREATE INDEX patients_by_name ON patients (erased, name_key, patient_id);

CREATE TABLE decisions (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        decision_id TEXT NOT NULL UNIQUE,
        patient_id TEXT NOT NULL REFERENCES patients (patient_id),
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT;

CREATE TABLE responses (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        decision_id TEXT NOT NULL UNIQUE REFERENCES decisions (decision_id),
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT;

CREATE TABLE decision_list (
        event INTEGER PRIMARY KEY REFERENCES decisions (event),
        patient_id TEXT NOT NULL,
        patient_name TEXT NOT NULL,
        indication_id TEXT NOT NULL,
        indication_title TEXT NOT NULL,
        decided_at TEXT NOT NULL,
        requested_by TEXT NOT NULL,
        first TEXT NOT NULL,
        verdicts TEXT NOT NULL,
        choice TEXT,
        chosen TEXT,
        reason TEXT
    ) STRICT;

CREATE INDEX decisions_by_patient ON decision_list (patient_id, event);

CREATE INDEX decisions_by_indication ON decision_list (indication_id, event);

CREATE INDEX decisions_by_choice ON decision_list (choice, event);

CREATE TABLE promises (
        event INTEGER PRIMARY KEY REFERENCES responses (event),
        patient_id TEXT NOT NULL,
        kept INTEGER REFERENCES audit (sequence)
    ) STRICT;

CREATE INDEX promises_open ON promises (event) WHERE kept IS NULL;

CREATE TABLE models (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        model_hash TEXT NOT NULL UNIQUE,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT;

CREATE TABLE user_changes (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT;

CREATE TABLE users (
        name TEXT PRIMARY KEY NOT NULL,
        event INTEGER NOT NULL REFERENCES user_changes (event),
        active INTEGER NOT NULL CHECK (active IN (0, 1))
    ) STRICT;

CREATE TABLE releases (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        pack_hash TEXT NOT NULL REFERENCES packs (pack_hash),
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT;

CREATE INDEX releases_by_pack ON releases (pack_hash, event);

CREATE VIRTUAL TABLE decision_search USING fts5(words, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '-.'");

CREATE TABLE search_words (word TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
    WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM audit)
    OR NEW.previous IS NOT
        coalesce((SELECT hash FROM audit ORDER BY sequence DESC LIMIT 1), zeroblob(32))
    BEGIN SELECT RAISE(ABORT, 'the audit chain goes on from its last link only'); END;

CREATE TRIGGER meta_no_update BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'meta is append-only'); END;

CREATE TRIGGER meta_no_delete BEFORE DELETE ON meta BEGIN SELECT RAISE(ABORT, 'meta is append-only'); END;

CREATE TRIGGER meta_no_replace BEFORE INSERT ON meta WHEN EXISTS (SELECT 1 FROM meta WHERE key = NEW.key) BEGIN SELECT RAISE(ABORT, 'meta is append-only'); END;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE sequence = NEW.sequence) BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TRIGGER records_no_update BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'records is append-only'); END;

CREATE TRIGGER records_no_delete BEFORE DELETE ON records BEGIN SELECT RAISE(ABORT, 'records is append-only'); END;

CREATE TRIGGER records_no_replace BEFORE INSERT ON records WHEN EXISTS (SELECT 1 FROM records WHERE event = NEW.event) BEGIN SELECT RAISE(ABORT, 'records is append-only'); END;

CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;

CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;

CREATE TRIGGER decisions_no_replace BEFORE INSERT ON decisions WHEN EXISTS (SELECT 1 FROM decisions WHERE event = NEW.event OR decision_id = NEW.decision_id) BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;

CREATE TRIGGER responses_no_update BEFORE UPDATE ON responses BEGIN SELECT RAISE(ABORT, 'responses is append-only'); END;

CREATE TRIGGER responses_no_delete BEFORE DELETE ON responses BEGIN SELECT RAISE(ABORT, 'responses is append-only'); END;

CREATE TRIGGER responses_no_replace BEFORE INSERT ON responses WHEN EXISTS (SELECT 1 FROM responses WHERE event = NEW.event OR decision_id = NEW.decision_id) BEGIN SELECT RAISE(ABORT, 'responses is append-only'); END;

CREATE TRIGGER packs_no_update BEFORE UPDATE ON packs BEGIN SELECT RAISE(ABORT, 'packs is append-only'); END;

CREATE TRIGGER packs_no_delete BEFORE DELETE ON packs BEGIN SELECT RAISE(ABORT, 'packs is append-only'); END;

CREATE TRIGGER packs_no_replace BEFORE INSERT ON packs WHEN EXISTS (SELECT 1 FROM packs WHERE event = NEW.event OR pack_hash = NEW.pack_hash) BEGIN SELECT RAISE(ABORT, 'packs is append-only'); END;

CREATE TRIGGER models_no_update BEFORE UPDATE ON models BEGIN SELECT RAISE(ABORT, 'models is append-only'); END;

CREATE TRIGGER models_no_delete BEFORE DELETE ON models BEGIN SELECT RAISE(ABORT, 'models is append-only'); END;

CREATE TRIGGER models_no_replace BEFORE INSERT ON models WHEN EXISTS (SELECT 1 FROM models WHERE event = NEW.event OR model_hash = NEW.model_hash) BEGIN SELECT RAISE(ABORT, 'models is append-only'); END;

CREATE TRIGGER files_no_update BEFORE UPDATE ON files BEGIN SELECT RAISE(ABORT, 'files is append-only'); END;

CREATE TRIGGER files_no_delete BEFORE DELETE ON files BEGIN SELECT RAISE(ABORT, 'files is append-only'); END;

CREATE TRIGGER files_no_replace BEFORE INSERT ON files WHEN EXISTS (SELECT 1 FROM files WHERE sha256 = NEW.sha256) BEGIN SELECT RAISE(ABORT, 'files is append-only'); END;

CREATE TRIGGER user_changes_no_update BEFORE UPDATE ON user_changes BEGIN SELECT RAISE(ABORT, 'user_changes is append-only'); END;

CREATE TRIGGER user_changes_no_delete BEFORE DELETE ON user_changes BEGIN SELECT RAISE(ABORT, 'user_changes is append-only'); END;

CREATE TRIGGER user_changes_no_replace BEFORE INSERT ON user_changes WHEN EXISTS (SELECT 1 FROM user_changes WHERE event = NEW.event) BEGIN SELECT RAISE(ABORT, 'user_changes is append-only'); END;

CREATE TRIGGER releases_no_update BEFORE UPDATE ON releases BEGIN SELECT RAISE(ABORT, 'releases is append-only'); END;

CREATE TRIGGER releases_no_delete BEFORE DELETE ON releases BEGIN SELECT RAISE(ABORT, 'releases is append-only'); END;

CREATE TRIGGER releases_no_replace BEFORE INSERT ON releases WHEN EXISTS (SELECT 1 FROM releases WHERE event = NEW.event) BEGIN SELECT RAISE(ABORT, 'releases is append-only'); END;

CREATE TRIGGER holds_no_update BEFORE UPDATE ON holds BEGIN SELECT RAISE(ABORT, 'holds is append-only'); END;

CREATE TRIGGER holds_no_delete BEFORE DELETE ON holds BEGIN SELECT RAISE(ABORT, 'holds is append-only'); END;

CREATE TRIGGER holds_no_replace BEFORE INSERT ON holds WHEN EXISTS (SELECT 1 FROM holds WHERE event = NEW.event) BEGIN SELECT RAISE(ABORT, 'holds is append-only'); END;

CREATE TRIGGER erasures_no_update BEFORE UPDATE ON erasures BEGIN SELECT RAISE(ABORT, 'erasures is append-only'); END;

CREATE TRIGGER erasures_no_delete BEFORE DELETE ON erasures BEGIN SELECT RAISE(ABORT, 'erasures is append-only'); END;

CREATE TRIGGER erasures_no_replace BEFORE INSERT ON erasures WHEN EXISTS (SELECT 1 FROM erasures WHERE event = NEW.event OR patient_id = NEW.patient_id) BEGIN SELECT RAISE(ABORT, 'erasures is append-only'); END;

CREATE TRIGGER patient_keys_no_update BEFORE UPDATE ON patient_keys BEGIN SELECT RAISE(ABORT, 'a key is never changed'); END;

CREATE TRIGGER patient_keys_no_delete BEFORE DELETE ON patient_keys WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE patient_id = OLD.patient_id) BEGIN SELECT RAISE(ABORT, 'a key goes when its patient is erased'); END;

CREATE TRIGGER patient_keys_no_replace BEFORE INSERT ON patient_keys WHEN EXISTS (SELECT 1 FROM patient_keys WHERE patient_id = NEW.patient_id) BEGIN SELECT RAISE(ABORT, 'a key is never changed'); END;

CREATE TRIGGER promises_kept_once BEFORE UPDATE ON promises WHEN OLD.kept IS NOT NULL OR NEW.event IS NOT OLD.event OR NEW.patient_id IS NOT OLD.patient_id BEGIN SELECT RAISE(ABORT, 'a promise is kept once'); END;

CREATE TRIGGER promises_no_delete BEFORE DELETE ON promises BEGIN SELECT RAISE(ABORT, 'promises is append-only'); END;

