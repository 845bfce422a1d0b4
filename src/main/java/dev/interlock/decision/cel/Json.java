package dev.interlock.decision.cel;

import dev.cel.common.values.NullValue;
import dev.interlock.workload.Node;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/// JSON values as CEL sees them: whole numbers are `int`, all others `double`, null is CEL's own null.
final class Json {
    private Json() {}

    static Object value(Node node) {
        return switch (node) {
            case Node.Obj object -> new JsonObject(object);
            case Node.Arr(List<Node> items) -> new Items(items);
            case Node.Text(String text) -> text;
            case Node.Int(long number) -> number;
            case Node.Dec(double number) -> number;
            case Node.Bool(boolean flag) -> flag;
            case Node.Null _ -> NullValue.NULL_VALUE;
        };
    }

    static final class Items extends AbstractList<Object> implements RandomAccess {
        private final List<Node> items;

        Items(List<Node> items) {
            this.items = items;
        }

        /// By which it is known again.
        List<Node> nodes() {
            return items;
        }

        /// As [Cost] has it.
        long units(long most) {
            return Cost.units(new Node.Arr(items), most);
        }

        @Override
        public Object get(int index) {
            return value(items.get(index));
        }

        @Override
        public int size() {
            return items.size();
        }
    }
}
