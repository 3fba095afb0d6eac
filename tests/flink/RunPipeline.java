import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.internal.TableEnvironmentImpl;

/**
 * Runs pipelines on one Flink mini-cluster, all at once. The first argument is a file of options, `name=value` a line;
 * each further one a file of SQL statements, each of which ends with ";" before an empty line. Behind `--plan` come
 * files that are planned and not run, on a stack as large as a thread has by default; how long that took, in milliseconds
 * of a processor, is written beside each.
 */
public final class RunPipeline {
    private static final int SLOTS = 4;
    private static final Duration LONGEST_PLAN = Duration.ofMinutes(3);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    public static void main(String[] arguments) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("rest.port", "0");
        configuration.setString("rest.bind-address", "localhost");
        configuration.setString("taskmanager.memory.network.max", "64m");
        // Windows share it, and a row of megabytes, with its key, has to fit into the part of each.
        configuration.setString("taskmanager.memory.managed.size", "512m");
        MiniClusterConfiguration cluster =
                new MiniClusterConfiguration.Builder()
                        .setConfiguration(configuration)
                        .setNumTaskManagers(1)
                        .setNumSlotsPerTaskManager(SLOTS)
                        .build();
        int failures = 0;
        try (MiniCluster running = new MiniCluster(cluster)) {
            running.start();
            Map<String, String> options = new LinkedHashMap<>();
            for (String option : Files.readAllLines(Path.of(arguments[0]))) {
                int equals = option.indexOf('=');
                options.put(option.substring(0, equals), option.substring(equals + 1));
            }
            options.put("execution.target", "remote");
            options.put("rest.address", "localhost");
            options.put("rest.port", String.valueOf(running.getRestAddress().get().getPort()));
            Map<String, TableResult> jobs = new LinkedHashMap<>();
            boolean plan = false;
            for (String file : List.of(arguments).subList(1, arguments.length)) {
                if (file.equals("--plan")) {
                    plan = true;
                    continue;
                }
                if (plan) {
                    failures += plan(file, options);
                    continue;
                }
                try {
                    TableEnvironmentImpl environment = environment(options);
                    List<String> inserts = read(Path.of(file), environment);
                    StatementSet statements = environment.createStatementSet();
                    inserts.forEach(statements::addInsertSql);
                    jobs.put(file, statements.execute());
                } catch (Exception | AssertionError | StackOverflowError fault) {
                    failures += report(file, fault);
                }
            }
            for (Map.Entry<String, TableResult> job : jobs.entrySet()) {
                try {
                    job.getValue().await();
                } catch (Exception fault) {
                    failures += report(job.getKey(), fault);
                }
            }
        }
        System.exit(failures == 0 ? 0 : 1);
    }

    /** Plans a file on a thread of its own, which is left alone if it does not end: Flink's planner may turn round for ever. */
    private static int plan(String file, Map<String, String> options) throws Exception {
        Throwable[] fault = {null};
        Thread planner =
                new Thread(
                        () -> {
                            try {
                                TableEnvironmentImpl environment = environment(options);
                                PythonForests.register(environment, Files.readString(Path.of(file)));
                                PlanPipeline.plan(environment, read(Path.of(file), environment));
                                long spent = THREADS.getCurrentThreadCpuTime();
                                Files.writeString(Path.of(file + ".plan"), spent / 1_000_000 + "\n");
                            } catch (Exception | AssertionError | StackOverflowError thrown) {
                                fault[0] = thrown;
                            }
                        });
        planner.setDaemon(true);
        planner.start();
        planner.join(LONGEST_PLAN.toMillis());
        if (planner.isAlive()) {
            Throwable late = new TimeoutException("not planned after " + LONGEST_PLAN);
            late.setStackTrace(planner.getStackTrace());
            return report(file, late);
        }
        return fault[0] == null ? 0 : report(file, fault[0]);
    }

    private static TableEnvironmentImpl environment(Map<String, String> options) {
        TableEnvironment environment = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        options.forEach((name, value) -> environment.getConfig().set(name, value));
        return (TableEnvironmentImpl) environment;
    }

    /** The tables of a file are created, its inserts returned. */
    static List<String> read(Path file, TableEnvironment environment) throws Exception {
        List<String> inserts = new ArrayList<>();
        for (String statement : Files.readString(file).split(";\n\n")) {
            List<String> lines = new ArrayList<>(statement.strip().lines().toList());
            lines.removeIf(line -> line.startsWith("--"));
            String sql = String.join("\n", lines);
            if (sql.startsWith("INSERT INTO ")) {
                inserts.add(sql);
            } else if (!sql.isBlank()) {
                environment.executeSql(sql);
            }
        }
        return inserts;
    }

    /** Writes why a file failed beside it. */
    private static int report(String file, Throwable fault) throws Exception {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            text.append(cause).append('\n');
        }
        Files.writeString(Path.of(file + ".fault"), text);
        return 1;
    }
}
