package dev.interlock.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/// A file that this process alone writes, for as long as this is open.
final class SqliteFile implements Hold {
    private final Path path;
    private final FileChannel lock;
    private final FileStore store;
    private final Object key;

    private SqliteFile(Path path, FileChannel lock) throws IOException {
        this.path = path;
        this.lock = lock;
        this.store = Files.getFileStore(path);
        this.key = key(path);
    }

    /// Takes the file for this process, makes it where there is none, and brings it to the schema of this version.
    ///
    /// @throws LedgerUnavailable where it cannot be used; it is left as it was then
    static SqliteFile open(Path file, Schema schema) {
        Path path = file.toAbsolutePath().normalize();
        String noun = schema.noun();
        if (Files.isDirectory(path)) {
            throw new LedgerUnavailable("the %s `%s` is a directory: name a file in it".formatted(noun, path));
        }
        try {
            FileChannel lock = lock(path, noun);
            try {
                new Preparation(path, schema).run();
                return new SqliteFile(path, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new LedgerUnavailable(
                    "the %s `%s` cannot be used (%s): let the user that Interlock runs as write there, or name another file"
                            .formatted(noun, path, reason(e)),
                    e);
        }
    }

    private static String reason(IOException failure) {
        return failure instanceof FileSystemException known && known.getReason() != null
                ? known.getReason()
                : failure.getClass().getSimpleName();
    }

    /// Locks a file beside the database: SQLite's own locks come and go with each transaction.
    private static FileChannel lock(Path path, String noun) throws IOException {
        Path directory = path.resolveSibling("");
        if (!Files.exists(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        FileChannel channel = FileChannel.open(
                path.resolveSibling(path.getFileName() + ".lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(Preparation.OWNER_ONLY));
        if (!exclusive(channel)) {
            channel.close();
            throw new LedgerUnavailable(
                    "the %s `%s` is being written by another process: stop that one, or name another file"
                            .formatted(noun, path));
        }
        return channel;
    }

    private static boolean exclusive(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    Path path() {
        return path;
    }

    Connection connect() throws SQLException {
        return Sqlite.writing(path).getConnection();
    }

    @Override
    public long freeBytes() {
        try {
            return store.getUsableSpace();
        } catch (IOException _) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public boolean inPlace() {
        try {
            return key.equals(key(path));
        } catch (IOException _) {
            return false;
        }
    }

    private static Object key(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        Object key = attributes.fileKey();
        return key == null ? path : key;
    }

    /// Lets another process write the file. Close its connections first.
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
