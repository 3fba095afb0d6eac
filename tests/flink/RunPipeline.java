import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * files that are planned and not run, on a stack as large as a thread has by default.
 */
public final class RunPipeline {
    private static final int SLOTS = 4;

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
                try {
                    TableEnvironmentImpl environment = environment(options);
                    List<String> inserts = read(Path.of(file), environment);
                    if (plan) {
                        int classes = PlanPipeline.plan(environment, inserts);
                        Files.writeString(Path.of(file + ".plan"), classes + " generated classes\n");
                    } else {
                        StatementSet statements = environment.createStatementSet();
                        inserts.forEach(statements::addInsertSql);
                        jobs.put(file, statements.execute());
                    }
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

    private static TableEnvironmentImpl environment(Map<String, String> options) {
        TableEnvironment environment = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        options.forEach((name, value) -> environment.getConfig().set(name, value));
        return (TableEnvironmentImpl) environment;
    }

    /** The tables of a file are created, its inserts returned. */
    private static List<String> read(Path file, TableEnvironment environment) throws Exception {
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
