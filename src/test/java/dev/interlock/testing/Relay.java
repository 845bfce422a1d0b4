package dev.interlock.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Stands between a client and a server and can fall silent as a network does: connections stay open, and nothing
/// comes.
public final class Relay implements AutoCloseable {
    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private volatile boolean silent;

    /// One connection; silent for itself, or because all are.
    private final class Connection {
        private final Socket client;
        private final Socket server;
        private volatile boolean frozen;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void relay() {
            Thread.ofVirtual().start(() -> copy(client, server, false));
            Thread.ofVirtual().start(() -> copy(server, client, true));
        }

        private void copy(Socket from, Socket to, boolean answers) {
            byte[] buffer = new byte[16_384];
            try (from;
                    to;
                    InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (!(answers && (frozen || silent))) {
                        out.write(buffer, 0, read);
                    }
                }
            } catch (IOException _) {
                // One side has ended; so does the other.
            } finally {
                connections.remove(this);
            }
        }

        void close() {
            try (client;
                    server) {
                connections.remove(this);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// @param port of the server on this machine
    public Relay(int port) {
        this(InetAddress.getLoopbackAddress(), port);
    }

    /// @param here the address of this machine at which clients find it
    /// @param port of the server on this machine
    public Relay(InetAddress here, int port) {
        target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try {
            listener = new ServerSocket(0, 100, here);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket();
                server.connect(target);
                Connection connection = new Connection(client, server);
                connections.add(connection);
                connection.relay();
            } catch (IOException _) {
                // The listener is closed, or the server is away: the client sees its connection end.
            }
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /// From now on no answer comes on the connections that are open; new ones work.
    public void freeze() {
        connections.forEach(connection -> connection.frozen = true);
    }

    /// From now on no answer comes on any connection, until [#end()].
    public void silence() {
        silent = true;
    }

    /// The network is there again: what was open is gone, and new connections work.
    public void end() {
        connections.forEach(Connection::close);
        silent = false;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections.forEach(Connection::close);
    }
}
