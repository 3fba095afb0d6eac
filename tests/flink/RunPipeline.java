import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;

/**
 * Runs pipelines on one Flink mini-cluster each, in one JVM: every argument is a file of SQL statements, each of
 * which ends with ";" before an empty line. The first argument is a file of options, `name=value` a line.
 */
public final class RunPipeline {
    public static void main(String[] arguments) throws Exception {
        for (int at = 1; at < arguments.length; at++) {
            TableEnvironment environment = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
            for (String option : Files.readAllLines(Path.of(arguments[0]))) {
                int equals = option.indexOf('=');
                environment.getConfig().set(option.substring(0, equals), option.substring(equals + 1));
            }
            StatementSet inserts = environment.createStatementSet();
            for (String statement : Files.readString(Path.of(arguments[at])).split(";\n\n")) {
                List<String> lines = new ArrayList<>(statement.strip().lines().toList());
                lines.removeIf(line -> line.startsWith("--"));
                String sql = String.join("\n", lines);
                if (sql.startsWith("INSERT INTO ")) {
                    inserts.addInsertSql(sql);
                } else if (!sql.isBlank()) {
                    environment.executeSql(sql);
                }
            }
            inserts.execute().await();
            System.out.println("done " + arguments[at]);
        }
    }
}
