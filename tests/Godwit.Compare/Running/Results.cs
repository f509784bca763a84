using Godwit.Compare.Brokers;
using Godwit.Compare.Generators;
using Godwit.Compare.Judging;
using Godwit.Compare.Loads;
using Godwit.Compare.Reports;

namespace Godwit.Compare.Running;

/// <summary>The reports of all runs so far.</summary>
internal sealed class Results
{
    private readonly List<(Workload Workload, bool IsLatency, BrokerKind Broker, GeneratorReport? Report, string Fault)> _runs = [];

    /// <summary>What went wrong so far: who, where and what.</summary>
    public IReadOnlyList<string> Faults => [.. _runs.Where(run => run.Fault.Length > 0).Select(run => $"{run.Workload.Id}{(run.IsLatency ? ", latency" : "")}, {BrokerNames.Of(run.Broker)}: {run.Fault}")];

    /// <summary>Takes one run.</summary>
    /// <param name="workload">Which.</param>
    /// <param name="isLatency">On a schedule, for latency.</param>
    /// <param name="broker">Of whom.</param>
    /// <param name="report">Null: there is none.</param>
    /// <param name="fault">What should not have happened; else empty.</param>
    public void Add(Workload workload, bool isLatency, BrokerKind broker, GeneratorReport? report, string fault) =>
        _runs.Add((workload, isLatency, broker, report, fault));

    /// <summary>The messages a second that a broker took at most so far; 0: nothing is known.</summary>
    public double RateOf(Workload workload, BrokerKind broker) =>
        _runs.Where(run => !run.IsLatency && run.Workload == workload && run.Broker == broker).Max(run => (double?)run.Report?.SentPerSecond) ?? 0;

    /// <summary>Every figure with its bars.</summary>
    public IReadOnlyList<Row> Rows(IReadOnlyList<Workload> workloads, IReadOnlyList<BrokerKind> present)
    {
        List<Row> rows = [];
        foreach (var workload in workloads)
        {
            rows.AddRange(workload.Figures.Select(figure => MakeRow(workload, isLatency: false, figure, present)));
            if (_runs.Exists(run => run.IsLatency && run.Workload == workload))
            {
                rows.AddRange(Workloads.Latency.Select(figure => MakeRow(workload, isLatency: true, figure, present)));
            }
        }

        return rows;
    }

    private Row MakeRow(Workload workload, bool isLatency, Figure figure, IReadOnlyList<BrokerKind> present)
    {
        var runs = _runs.Where(run => run.Workload == workload && run.IsLatency == isLatency).ToLookup(run => run.Broker);
        Dictionary<BrokerKind, IReadOnlyList<double>> values = [];
        Dictionary<BrokerKind, double> medians = [];
        Dictionary<BrokerKind, string> faults = [];
        foreach (var group in runs)
        {
            double[] numbers = [.. group.Select(run => run.Report?.Number(figure.Path)).OfType<double>()];
            if (numbers.Length > 0)
            {
                values[group.Key] = numbers;
                medians[group.Key] = Median.Of(numbers);
            }

            if (group.FirstOrDefault(run => run.Fault.Length > 0) is { Fault: { Length: > 0 } fault })
            {
                faults[group.Key] = fault;
            }
        }

        var title = isLatency ? workload.Title + ", open loop at 80 % of mosquitto's rate" : workload.Title;
        return new Row(workload.Id, title, figure.Name, values, [.. Bars.Judge(figure, medians, faults, present)]);
    }
}
