package dev.interlock.admission;

import java.util.concurrent.atomic.AtomicLong;

/// How many bytes of reviews are held at a time, from the first that is received to the answer. As objects,
/// and as what is made of them, they are ten to fifteen times that, so the heap bounds them; half of it is
/// for large ones, so that these never keep small ones from being received.
final class Bodies {
    /// Of one review.
    static final int MOST_OF_ONE = 8 * 1024 * 1024;

    private static final int SHARE = 12;

    private final long most;
    private final AtomicLong all = new AtomicLong();
    private final AtomicLong large = new AtomicLong();

    private Bodies(long most) {
        this.most = most;
    }

    /// Of those who are answered.
    ///
    /// @param heap the most that there is, in bytes
    static Bodies of(long heap) {
        return new Bodies(Math.max(2L * MOST_OF_ONE, heap / SHARE));
    }

    /// Of whoever is known not to be the API server: what they take is taken from nobody else.
    static Bodies ofStrangers() {
        return new Bodies(MOST_OF_ONE);
    }

    /// What one request holds. Used by one thread.
    final class Held {
        private int bytes;

        /// Takes room for more of it.
        ///
        /// @return whether there is; what was taken is held until it is released in either case
        boolean take(int more) {
            int before = bytes;
            bytes += more;
            long together = all.addAndGet(more);
            if (!Workers.large(bytes)) {
                return together <= most;
            }
            return large.addAndGet(Workers.large(before) ? more : bytes) <= most / 2 && together <= most;
        }

        /// Gives all of it back.
        void release() {
            all.addAndGet(-bytes);
            if (Workers.large(bytes)) {
                large.addAndGet(-bytes);
            }
            bytes = 0;
        }
    }

    Held held() {
        return new Held();
    }
}
