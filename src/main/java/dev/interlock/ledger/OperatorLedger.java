package dev.interlock.ledger;

import dev.interlock.decision.Entry;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The operator's own ledger: what it decides about live objects, the drift and the gaps that it sees, what
/// feedback makes of policies. Written by one caller at a time, durable when a method returns.
///
/// Every row has an id that follows from what it is about: handing it in again after a crash changes nothing.
public final class OperatorLedger implements AutoCloseable {
    private final Ledger ledger;
    private final Link link;

    private OperatorLedger(Ledger ledger) {
        this.ledger = ledger;
        this.link = new Link(ledger.engine(), Alone.connector(ledger));
    }

    /// @throws LedgerUnavailable where it cannot be used, or another operator writes it; it is left as it was then
    public static OperatorLedger open(Place place) {
        Ledger ledger = Ledger.open(place, Ledger.Settings.DEFAULTS);
        OperatorLedger opened = new OperatorLedger(ledger);
        try {
            opened.keep();
            return opened;
        } catch (LedgerUnavailable | AnotherLeads e) {
            opened.close();
            throw e;
        }
    }

    /// See [Ledger#belongsTo].
    public void belongsTo(String cluster) {
        ledger.belongsTo(cluster);
    }

    /// Asks whether this process still writes alone: to be called every few seconds, else another one takes over.
    ///
    /// @throws LedgerUnavailable where it does not; nothing can be written from then on
    public synchronized void keep() {
        try {
            link.appender().touch();
        } catch (SQLException e) {
            link.drop();
            throw unwritable(e);
        }
    }

    public String origin() {
        return ledger.origin();
    }

    public Place place() {
        return ledger.place();
    }

    /// Decisions about live objects, all or none.
    public void decided(List<Entry> entries) {
        append(entries.stream().map(entry -> Row.decision(entry, origin())).toList());
    }

    /// A namespace that comes into scope, with the baselines of what is in it: all or nothing.
    public void scoped(Scope scope, List<Entry> baselines) {
        List<Row> rows = new ArrayList<>(
                baselines.stream().map(entry -> Row.decision(entry, origin())).toList());
        rows.add(note(Row.Kind.SCOPE, scope.uid(), scope.uid(), scope.at(), scope.namespace(), scope));
        append(rows);
    }

    public void drifted(DriftEntry drift) {
        append(List.of(row(drift)));
    }

    public void ended(DriftEnd end, String namespace) {
        append(List.of(row(end, namespace)));
    }

    /// One drift that goes on as another.
    public void superseded(DriftEnd end, DriftEntry next) {
        append(List.of(row(end, next.subject().namespace()), row(next)));
    }

    public void began(Gap gap) {
        append(List.of(note(Row.Kind.GAP, gap.id(), gap.id(), gap.start(), "", gap)));
    }

    public void ended(GapEnd end) {
        append(List.of(note(Row.Kind.GAP_END, end.id(), end.id(), end.end(), "", end)));
    }

    public void wentBack(Rollback rollback) {
        append(List.of(note(Row.Kind.ROLLBACK, rollback.id(), rollback.id(), rollback.at(), "", rollback)));
    }

    public void released(ReleaseEntry release) {
        append(List.of(note(Row.Kind.RELEASE, release.id(), release.id(), release.at(), "", release)));
    }

    public void tightened(TighteningEntry tightening) {
        append(List.of(note(Row.Kind.TIGHTENING, tightening.id(), tightening.uid(), tightening.at(), "", tightening)));
    }

    /// What became of changes that were let in, all or none.
    public void applied(List<AppliedEntry> applied) {
        append(applied.stream()
                .map(each -> Row.note(Row.Kind.APPLIED, each.entry(), each.decision(), each.at(), "", each.uid(), each))
                .toList());
    }

    private static Row row(DriftEntry drift) {
        return Row.note(
                Row.Kind.DRIFT,
                drift.name(),
                drift.name(),
                drift.onset(),
                drift.subject().namespace(),
                drift.subject().uid(),
                drift);
    }

    private static Row row(DriftEnd end, String namespace) {
        return Row.note(Row.Kind.DRIFT_END, end.name(), end.name(), end.at(), namespace, end.uid(), end);
    }

    private static Row note(Row.Kind kind, String id, String decision, Instant at, String namespace, Record body) {
        return Row.note(kind, id, decision, at, namespace, "", body);
    }

    private synchronized void append(List<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        try {
            Appender appender = link.appender();
            appender.expect(rows);
            for (Row row : rows) {
                appender.add(row);
            }
            appender.commit();
        } catch (SQLException e) {
            link.drop();
            throw unwritable(e);
        } catch (RuntimeException | Error e) {
            link.drop();
            throw e;
        }
    }

    private LedgerUnavailable unwritable(SQLException failure) {
        return new LedgerUnavailable(
                "the operator's ledger cannot be written: %s"
                        .formatted(link.engine().clause(failure)),
                failure);
    }

    @Override
    public synchronized void close() {
        link.close();
        ledger.close();
    }
}
