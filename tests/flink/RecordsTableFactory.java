import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.connector.file.table.FileSystemTableFactory;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.factories.DynamicTableSourceFactory;

/**
 * Files of records as a source that can do what the connector of Kinesis can: it gives all columns of all records. That of the
 * file system leaves out columns that nothing reads, and looks at conditions, of which its planner does not take all.
 */
public final class RecordsTableFactory implements DynamicTableSourceFactory {
    private final FileSystemTableFactory files = new FileSystemTableFactory();

    @Override
    public String factoryIdentifier() {
        return "records";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return files.requiredOptions();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return files.optionalOptions();
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        return new Records((ScanTableSource) files.createDynamicTableSource(context));
    }

    private record Records(ScanTableSource files) implements ScanTableSource {
        @Override
        public ChangelogMode getChangelogMode() {
            return files.getChangelogMode();
        }

        @Override
        public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
            return files.getScanRuntimeProvider(context);
        }

        @Override
        public DynamicTableSource copy() {
            return new Records((ScanTableSource) files.copy());
        }

        @Override
        public String asSummaryString() {
            return "Records";
        }
    }
}
