package dev.interlock.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Makes a file ready to be written, or says why it cannot be.
///
/// A new file is made under another name and moved into place when it is whole. So one that is there and
/// cannot be read was good once: it is refused and left as it is, never begun anew.
final class Preparation {
    static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private static final System.Logger LOG = System.getLogger(Preparation.class.getName());

    private final Path path;
    private final Schema schema;
    private final String noun;

    Preparation(Path path, Schema schema) {
        this.path = path;
        this.schema = schema;
        this.noun = schema.noun();
    }

    void run() throws IOException {
        try {
            if (Files.exists(path)) {
                refuseUnwritable();
                refuseUnusable();
                keepPrivate();
                schema.migrate(Sqlite.writing(path), path.toString());
            } else {
                create();
            }
        } catch (SQLException e) {
            throw new LedgerUnavailable(sentence(e), e);
        }
    }

    private String sentence(SQLException e) {
        return switch (Sqlite.code(e)) {
            case SQLITE_NOTADB -> "the %s `%s` is not a SQLite database: %s".formatted(noun, path, restore());
            case SQLITE_CORRUPT -> damaged(new Sqlite(path).name(e));
            default ->
                "the %s cannot be opened, %s: make room or mend the disk, or name another file"
                        .formatted(noun, Sqlite.clause(e, path));
        };
    }

    /// Also for root, whom the system lets write all the same: whoever took the right away meant it.
    private void refuseUnwritable() throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new LedgerUnavailable("the %s `%s` is no regular file: name another".formatted(noun, path));
        }
        if (!Files.isWritable(path) || !Files.getPosixFilePermissions(path).contains(PosixFilePermission.OWNER_WRITE)) {
            throw new LedgerUnavailable(
                    "the %s `%s` is read-only: let the user that Interlock runs as write it".formatted(noun, path));
        }
    }

    /// Looks without writing, so that what is refused stays as it is.
    private void refuseUnusable() throws IOException, SQLException {
        if (Files.size(path) == 0) {
            throw new LedgerUnavailable("the %s `%s` is empty: %s".formatted(noun, path, restore()));
        }
        try (Connection connection = Sqlite.reading(path).getConnection()) {
            Optional<String> damage = Sqlite.damage(connection);
            if (damage.isPresent()) {
                throw new LedgerUnavailable(damaged(damage.get()));
            }
            if (endsWithinAPage(Sqlite.number(connection, "pragma page_size"))) {
                throw new LedgerUnavailable(damaged("it ends within a page"));
            }
            if (Sqlite.number(connection, "pragma application_id") != schema.applicationId()) {
                throw new LedgerUnavailable(
                        "the SQLite database `%s` is no %s: name another file".formatted(path, noun));
            }
        }
    }

    /// SQLite takes what is missing of the last page for zeros, and its check sees no fault in them. With a log beside
    /// it the file may be like that: the page is in the log.
    private boolean endsWithinAPage(long page) throws IOException {
        Path log = beside(path, "-wal");
        return Files.size(path) % page != 0 && (!Files.exists(log) || Files.size(log) == 0);
    }

    private void create() throws IOException, SQLException {
        if (Files.exists(beside(path, "-wal"))) {
            throw new LedgerUnavailable("the %s `%s` is gone but its write-ahead log `%s-wal` is not: %s"
                    .formatted(noun, path, path, restore()));
        }
        Path draft = beside(path, ".new");
        for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
            Files.deleteIfExists(beside(draft, suffix));
        }
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        schema.migrate(Sqlite.writing(draft), path.toString());
        try (Connection connection = Sqlite.writing(draft).getConnection()) {
            if (!Sqlite.text(connection, "pragma journal_mode").equals("wal")) {
                throw new LedgerUnavailable(
                        "the file system with the %s `%s` cannot share memory between processes: use a local disk"
                                .formatted(noun, path));
            }
        }
        Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(path.resolveSibling(""), StandardOpenOption.READ)) {
            directory.force(true); // so that the name survives a power cut too
        }
    }

    /// A volume's driver may have widened the mode. SQLite gives the files beside it the mode of the database.
    private void keepPrivate() throws IOException {
        for (String suffix : List.of("", "-wal", "-shm")) {
            Path file = beside(path, suffix);
            if (Files.exists(file) && !Files.getPosixFilePermissions(file).equals(OWNER_ONLY)) {
                try {
                    Files.setPosixFilePermissions(file, OWNER_ONLY);
                } catch (FileSystemException e) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "others may read `{0}`, and its mode cannot be changed: {1}",
                            file,
                            e.getReason());
                }
            }
        }
    }

    private String damaged(String how) {
        return "the %s `%s` is damaged (%s): %s".formatted(noun, path, how, restore());
    }

    private String restore() {
        return "restore it, or move it away to begin a new one; it was left as it is";
    }

    private static Path beside(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }
}
