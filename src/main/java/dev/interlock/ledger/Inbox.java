package dev.interlock.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What waits for the writer, in the order in which it came, and what the writer has taken and not finished. Bounded.
final class Inbox {
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private List<Ticket> queued = new ArrayList<>();
    private List<Ticket> taken = List.of();
    private boolean closed;

    Inbox(int capacity) {
        this.capacity = capacity;
    }

    /// Hands in a ticket. Where it is not accepted, why.
    Optional<String> offer(Ticket ticket) {
        lock.lock();
        try {
            if (closed) {
                return Optional.of("the journal is closed");
            }
            if (queued.size() >= capacity) {
                return Optional.of(
                        "the journal's queue is full (%d entries wait for the disk)".formatted(queued.size()));
            }
            queued.add(ticket);
            filled.signal();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /// Takes all there is, at once where there is any. Nothing where none comes in time, or none will come any more.
    List<Ticket> take(Duration patience) {
        lock.lock();
        try {
            long left = TimeUnit.NANOSECONDS.convert(patience);
            while (queued.isEmpty() && !closed && left > 0) {
                left = filled.awaitNanos(left);
            }
            taken = queued;
            queued = new ArrayList<>();
            return taken;
        } catch (InterruptedException _) {
            return List.of(); // the writer's thread is nobody else's to interrupt; it ends by close()
        } finally {
            lock.unlock();
        }
    }

    /// The writer has finished with what it took.
    void finish() {
        lock.lock();
        try {
            taken = List.of();
        } finally {
            lock.unlock();
        }
    }

    int pending() {
        lock.lock();
        try {
            return queued.size() + taken.size();
        } finally {
            lock.unlock();
        }
    }

    /// When the first of those was decided that the writer has not finished with.
    Optional<Instant> oldest() {
        lock.lock();
        try {
            return (taken.isEmpty() ? queued : taken).stream().map(Ticket::at).findFirst();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            filled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}
