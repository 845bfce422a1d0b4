package dev.interlock.ledger;

/// What a process holds for as long as it writes a ledger.
interface Hold extends AutoCloseable {
    /// Where the database itself sees to it that what is written goes where it should.
    Hold NOTHING = new Hold() {
        @Override
        public long freeBytes() {
            return Long.MAX_VALUE;
        }

        @Override
        public boolean inPlace() {
            return true;
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    };

    /// What is left for this process on the disk; much where that cannot be found out, because writing will tell.
    long freeBytes();

    /// Whether the ledger at that place is still the one that was opened.
    boolean inPlace();

    @Override
    void close();
}
