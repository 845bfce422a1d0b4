package dev.interlock.ledger;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/// A ledger's connection on which a test can hold, count and break commits.
final class Tap implements Link.Connector {
    private static final Step NOTHING = () -> {};

    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger commits = new AtomicInteger();

    volatile String pragma = "";
    volatile Step beforeCommit = NOTHING;
    volatile Step afterCommit = NOTHING;

    private final Ledger ledger;

    Tap(Ledger ledger) {
        this.ledger = ledger;
    }

    interface Step {
        void run() throws Exception;
    }

    boolean broken() {
        return !beforeCommit.equals(NOTHING) || !afterCommit.equals(NOTHING);
    }

    void mend() {
        pragma = "";
        beforeCommit = NOTHING;
        afterCommit = NOTHING;
    }

    @Override
    public Connection open(boolean suspect) throws SQLException {
        opened.incrementAndGet();
        Connection real = ledger.connect(suspect);
        if (!pragma.isEmpty()) {
            try (Statement statement = real.createStatement()) {
                statement.execute(pragma);
            }
        }
        InvocationHandler handler = (_, method, arguments) -> {
            boolean commit = method.getName().equals("commit");
            if (commit) {
                beforeCommit.run();
            }
            try {
                Object result = method.invoke(real, arguments);
                if (commit) {
                    commits.incrementAndGet();
                    afterCommit.run();
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (Connection)
                Proxy.newProxyInstance(Tap.class.getClassLoader(), new Class<?>[] {Connection.class}, handler);
    }
}
