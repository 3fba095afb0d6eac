import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.Set;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.SerializationFormatFactory;
import org.apache.flink.table.types.DataType;

/**
 * A file of rows in place of a stream. Each is the watermark at which it came, in milliseconds since 1970 (8 bytes), a length
 * (4 bytes), and the row's bytes.
 */
public final class RowsTableFactory implements DynamicTableSinkFactory {
    private static final ConfigOption<String> PATH = ConfigOptions.key("path").stringType().noDefaultValue();

    @Override
    public String factoryIdentifier() {
        return "pipec-rows";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(PATH, FactoryUtil.FORMAT);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of();
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        EncodingFormat<SerializationSchema<RowData>> format =
                helper.discoverEncodingFormat(SerializationFormatFactory.class, FactoryUtil.FORMAT);
        helper.validate();
        return new Table(helper.getOptions().get(PATH), format, context.getPhysicalRowDataType());
    }

    private static final class Table implements DynamicTableSink {
        private final String path;
        private final EncodingFormat<SerializationSchema<RowData>> format;
        private final DataType type;

        Table(String path, EncodingFormat<SerializationSchema<RowData>> format, DataType type) {
            this.path = path;
            this.format = format;
            this.type = type;
        }

        @Override
        public ChangelogMode getChangelogMode(ChangelogMode requested) {
            return ChangelogMode.insertOnly();
        }

        @Override
        public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
            return SinkV2Provider.of(new Rows(path, format.createRuntimeEncoder(context, type)), 1);
        }

        @Override
        public DynamicTableSink copy() {
            return new Table(path, format, type);
        }

        @Override
        public String asSummaryString() {
            return "rows";
        }
    }

    private static final class Rows implements Sink<RowData> {
        private static final long serialVersionUID = 1L;
        private final String path;
        private final SerializationSchema<RowData> encoder;

        Rows(String path, SerializationSchema<RowData> encoder) {
            this.path = path;
            this.encoder = encoder;
        }

        @Override
        public SinkWriter<RowData> createWriter(WriterInitContext context) throws IOException {
            try {
                encoder.open(context.asSerializationSchemaInitializationContext());
            } catch (Exception fault) {
                throw new IOException(fault);
            }
            DataOutputStream output =
                    new DataOutputStream(new BufferedOutputStream(new FileOutputStream(path, true), 1 << 18));
            return new SinkWriter<>() {
                @Override
                public void write(RowData row, Context written) throws IOException {
                    byte[] bytes = encoder.serialize(row);
                    output.writeLong(written.currentWatermark());
                    output.writeInt(bytes.length);
                    output.write(bytes);
                }

                @Override
                public void flush(boolean endOfInput) throws IOException {
                    output.flush();
                }

                @Override
                public void close() throws IOException {
                    output.close();
                }
            };
        }
    }
}
