using Godwit.Server.Hosting;

namespace Godwit.Server.Configuration;

/// <summary>The values that the broker looks at each time it needs them: they are written to its options.</summary>
internal sealed class HotValues(ServerOptions running) : IReloadPart
{
    private static readonly ConfigurationKey[] Keys =
        [.. ConfigurationKeys.All.Where(key => key.IsHot && !key.Path.Contains('*', StringComparison.Ordinal))];

    public string Name => "limits and settings";

    public IReloadStep Prepare(ServerOptions next, ConfigurationDifference difference) => new Step(running, next);

    private sealed class Step : IReloadStep
    {
        private readonly ServerOptions _running;
        private readonly ServerOptions _next;
        private readonly ServerOptions _before = new();

        internal Step(ServerOptions running, ServerOptions next)
        {
            (_running, _next) = (running, next);
            Copy(running, _before);
        }

        public void Apply() => Copy(_next, _running);

        public void Undo() => Copy(_before, _running);

        public void Dispose()
        {
        }

        private static void Copy(ServerOptions from, ServerOptions to)
        {
            foreach (var key in Keys)
            {
                key.Copy(from, to);
            }
        }
    }
}
