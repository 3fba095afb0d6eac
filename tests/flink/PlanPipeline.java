import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.table.api.internal.TableEnvironmentImpl;
import org.apache.flink.table.operations.ModifyOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.runtime.generated.GeneratedClass;

/**
 * Plans the INSERTs of a pipeline as one job, down to the operators, and compiles the code that Flink generates for
 * them: a task does that when it starts, so a plan alone does not show what the compiler refuses.
 */
final class PlanPipeline {
    private PlanPipeline() {}

    static void plan(TableEnvironmentImpl environment, List<String> inserts) throws ReflectiveOperationException {
        List<ModifyOperation> operations = new ArrayList<>();
        for (String insert : inserts) {
            for (Operation operation : environment.getParser().parse(insert)) {
                operations.add((ModifyOperation) operation);
            }
        }
        for (GeneratedClass<?> generated : generated(environment.getPlanner().translate(operations))) {
            generated.compile(Thread.currentThread().getContextClassLoader());
        }
    }

    /** All generated classes within the operators of a plan. */
    private static List<GeneratedClass<?>> generated(List<Transformation<?>> plan) throws ReflectiveOperationException {
        List<GeneratedClass<?>> found = new ArrayList<>();
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> open = new ArrayDeque<>(plan);
        while (!open.isEmpty()) {
            Object object = open.pop();
            if (!seen.add(object)) {
                continue;
            }
            if (object instanceof GeneratedClass<?> generated) {
                found.add(generated);
            } else if (object instanceof Collection<?> collection) {
                push(open, collection);
            } else if (object instanceof Map<?, ?> map) {
                push(open, map.values());
            } else if (object instanceof Object[] array) {
                push(open, Arrays.asList(array));
            } else if (object.getClass().getName().startsWith("org.apache.flink.")) {
                for (Class<?> type = object.getClass(); type != Object.class; type = type.getSuperclass()) {
                    for (Field field : type.getDeclaredFields()) {
                        boolean skipped = Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive();
                        if (!skipped && type.getName().startsWith("org.apache.flink.")) {
                            field.setAccessible(true);
                            push(open, Collections.singletonList(field.get(object)));
                        }
                    }
                }
            }
        }
        return found;
    }

    private static void push(Deque<Object> open, Collection<?> objects) {
        for (Object object : objects) {
            if (object != null) {
                open.push(object);
            }
        }
    }
}
