import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.SimpleStreamFormat;
import org.apache.flink.connector.file.src.reader.StreamFormat;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.utils.JoinedRowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.DataType;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/**
 * A file of records in place of a stream. Each is a time in milliseconds since 1970 (8 bytes), a length (4 bytes), and the record's
 * bytes. As the connector of Kinesis, it gives all columns of all records, whatever the query reads. The time of arrival is
 * the metadata `arrival`, and the watermark of tables that have none of their own.
 */
public final class ArrivalsTableFactory implements DynamicTableSourceFactory {
    private static final ConfigOption<String> PATH = ConfigOptions.key("path").stringType().noDefaultValue();
    private static final String ARRIVAL = "arrival";

    @Override
    public String factoryIdentifier() {
        return "pipec-arrivals";
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
    public DynamicTableSource createDynamicTableSource(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        DecodingFormat<DeserializationSchema<RowData>> format =
                helper.discoverDecodingFormat(DeserializationFormatFactory.class, FactoryUtil.FORMAT);
        helper.validate();
        DataType physical = context.getPhysicalRowDataType();
        return new Table(helper.getOptions().get(PATH), format, physical, physical, false);
    }

    private static final class Table implements ScanTableSource, SupportsReadingMetadata {
        private final String path;
        private final DecodingFormat<DeserializationSchema<RowData>> format;
        private final DataType physical;
        private DataType produced;
        private boolean readsArrival;

        Table(
                String path,
                DecodingFormat<DeserializationSchema<RowData>> format,
                DataType physical,
                DataType produced,
                boolean readsArrival) {
            this.path = path;
            this.format = format;
            this.physical = physical;
            this.produced = produced;
            this.readsArrival = readsArrival;
        }

        @Override
        public Map<String, DataType> listReadableMetadata() {
            return Map.of(ARRIVAL, DataTypes.TIMESTAMP_LTZ(3));
        }

        @Override
        public void applyReadableMetadata(List<String> keys, DataType type) {
            produced = type;
            readsArrival = keys.contains(ARRIVAL);
        }

        @Override
        public ChangelogMode getChangelogMode() {
            return format.getChangelogMode();
        }

        @Override
        public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
            TypeInformation<RowData> type = InternalTypeInfo.of(produced.getLogicalType());
            Format records = new Format(format.createRuntimeDecoder(context, physical), type, readsArrival);
            FileSource<Arrived> source = FileSource.forRecordStreamFormat(records, new Path(path)).build();
            return new DataStreamScanProvider() {
                @Override
                public DataStream<RowData> produceDataStream(ProviderContext ids, StreamExecutionEnvironment environment) {
                    WatermarkStrategy<Arrived> clock =
                            WatermarkStrategy.<Arrived>forGenerator(generator -> new Clock())
                                    .withTimestampAssigner((record, unused) -> record.at);
                    return environment
                            .fromSource(source, clock, "arrivals")
                            .setParallelism(1)
                            .map(record -> record.row)
                            .returns(type)
                            .setParallelism(1);
                }

                @Override
                public boolean isBounded() {
                    return true;
                }
            };
        }

        @Override
        public DynamicTableSource copy() {
            return new Table(path, format, physical, produced, readsArrival);
        }

        @Override
        public String asSummaryString() {
            return "arrivals";
        }
    }

    /** A row with the time of its record. */
    public static final class Arrived {
        /** Milliseconds since 1970. */
        public final long at;

        /** The row. */
        public final RowData row;

        Arrived(long at, RowData row) {
            this.at = at;
            this.row = row;
        }
    }

    /** Emits a watermark with each record. */
    private static final class Clock implements WatermarkGenerator<Arrived> {
        @Override
        public void onEvent(Arrived event, long timestamp, WatermarkOutput output) {
            output.emitWatermark(new Watermark(timestamp));
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            // Each record does.
        }
    }

    private static final class Format extends SimpleStreamFormat<Arrived> {
        private static final long serialVersionUID = 1L;
        private final DeserializationSchema<RowData> decoder;
        private final TypeInformation<RowData> type;
        private final boolean readsArrival;

        Format(DeserializationSchema<RowData> decoder, TypeInformation<RowData> type, boolean readsArrival) {
            this.decoder = decoder;
            this.type = type;
            this.readsArrival = readsArrival;
        }

        @Override
        public StreamFormat.Reader<Arrived> createReader(Configuration configuration, FSDataInputStream stream)
                throws IOException {
            try {
                decoder.open(new Opened());
            } catch (Exception fault) {
                throw new IOException(fault);
            }
            return new Reader(new DataInputStream(new BufferedInputStream(stream, 1 << 18)));
        }

        @Override
        public TypeInformation<Arrived> getProducedType() {
            return TypeInformation.of(Arrived.class);
        }

        private final class Reader implements StreamFormat.Reader<Arrived> {
            private final DataInputStream input;
            private final Queue<Arrived> rows = new ArrayDeque<>();

            Reader(DataInputStream input) {
                this.input = input;
            }

            @Override
            public Arrived read() throws IOException {
                while (rows.isEmpty()) {
                    long at;
                    try {
                        at = input.readLong();
                    } catch (EOFException end) {
                        return null;
                    }
                    byte[] record = new byte[input.readInt()];
                    input.readFully(record);
                    List<RowData> decoded = new java.util.ArrayList<>();
                    decoder.deserialize(record, new ListCollector<>(decoded));
                    for (RowData row : decoded) {
                        rows.add(new Arrived(at, withArrival(row, at)));
                    }
                }
                return rows.poll();
            }

            private RowData withArrival(RowData row, long at) {
                if (!readsArrival) {
                    return row;
                }
                RowData arrival = GenericRowData.of(TimestampData.fromEpochMillis(at));
                return new JoinedRowData(row.getRowKind(), row, arrival);
            }

            @Override
            public void close() throws IOException {
                input.close();
            }
        }
    }

    private static final class Opened implements DeserializationSchema.InitializationContext {
        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return SimpleUserCodeClassLoader.create(ArrivalsTableFactory.class.getClassLoader());
        }
    }
}
