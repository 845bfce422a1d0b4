package dev.interlock.testing;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/// This process, one of those among which Maven shares the integration tests (`interlock.forks` in `pom.xml`): each has
/// ports of its own, and what all of them use is made by one at a time.
public final class Fork {
    /// Which one, from 1.
    static final int NUMBER = Integer.getInteger("interlock.fork", 1);

    private static final int PORTS = 6_000;

    /// Below the ranges from which systems take ports for outgoing connections, which would take one before the
    /// next start.
    private static final int FIRST = 20_000 + PORTS * ((NUMBER - 1) % 2);

    private Fork() {}

    /// Its ports, first and last, for scripts.
    public static String ports() {
        return "%d-%d".formatted(FIRST, FIRST + PORTS - 1);
    }

    /// A port on which nobody listens, and which another of these processes does not choose.
    static int freePort() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, FIRST + PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException _) {
                // taken: another one
            }
        }
        throw new IOException("no free port in " + ports());
    }

    /// What may fail as files do.
    @FunctionalInterface
    interface Making {
        void make() throws IOException;
    }

    /// Makes something of which there is one in `target`, while none of these processes makes the same.
    static synchronized void alone(String name, Making making) throws IOException {
        Path locks = Files.createDirectories(Path.of("target/locks"));
        try (FileChannel channel =
                        FileChannel.open(locks.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            making.make();
        }
    }
}
