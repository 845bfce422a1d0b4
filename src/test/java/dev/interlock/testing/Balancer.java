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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Stands in for a Service of Kubernetes: one address, whose new connections go in turn to the replicas that
/// said they are ready when they were asked last.
public final class Balancer implements AutoCloseable {
    private static final int EVERY_MILLIS = 200;

    /// What it leads to.
    public interface Backend {
        /// Its port on this machine.
        int webhookPort();

        /// Whether it is to get connections now.
        boolean ready();
    }

    private final ServerSocket listener;
    private final Supplier<? extends List<? extends Backend>> replicas;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger turn = new AtomicInteger();
    private final ScheduledExecutorService probes = Executors.newSingleThreadScheduledExecutor();
    private volatile List<? extends Backend> endpoints = List.of();
    private volatile Optional<List<? extends Backend>> allowed = Optional.empty();

    /// @param replicas all that there are at a time
    public Balancer(Supplier<? extends List<? extends Backend>> replicas) {
        this.replicas = replicas;
        try {
            listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var _ = probes.scheduleWithFixedDelay(this::probe, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        Thread.ofVirtual().start(this::accept);
    }

    private void probe() {
        endpoints = replicas.get().stream().filter(Backend::ready).toList();
    }

    /// Only these get new connections from now on.
    public void only(List<? extends Backend> some) {
        allowed = Optional.of(some);
    }

    public void all() {
        allowed = Optional.empty();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                List<? extends Backend> ready = endpoints.stream()
                        .filter(endpoint ->
                                allowed.map(some -> some.contains(endpoint)).orElse(true))
                        .toList();
                if (ready.isEmpty()) {
                    client.close();
                    continue;
                }
                Backend next = ready.get(Math.floorMod(turn.getAndIncrement(), ready.size()));
                Socket server = new Socket();
                try {
                    server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), next.webhookPort()));
                } catch (IOException e) {
                    client.close();
                    continue;
                }
                open.add(client);
                Thread.ofVirtual().start(() -> copy(client, server));
                Thread.ofVirtual().start(() -> copy(server, client));
            } catch (IOException _) {
                // The listener is closed, or a client has gone.
            }
        }
    }

    private void copy(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException _) {
            // One side has ended; so does the other.
        } finally {
            open.remove(from);
        }
    }

    /// Ends all connections: the next requests come on new ones.
    public void cut() {
        open.forEach(socket -> {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() {
        probes.shutdownNow();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
