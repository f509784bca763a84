using Godwit.Compare.Idle;
using Godwit.Compare.Overload;
using Godwit.Compare.Running;
using Godwit.Compare.Scaling;
using Godwit.Compare.Tls;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Godwit.Compare;

/// <summary><c>Godwit.Compare compare ...</c> is what bench/compare runs, and so on; anything else are the tests, as in every test project.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["compare", ..]:
                return CompareCommand.RunAsync(args[1..], Console.Out, Console.Error);

            case ["scaling", ..]:
                return ScalingCommand.RunAsync(args[1..], Console.Out, Console.Error);

            case ["idle", ..]:
                return IdleCommand.RunAsync(args[1..], Console.Out, Console.Error);

            case ["tls", ..]:
                return TlsCommand.RunAsync(args[1..], Console.Out, Console.Error);

            case ["overload", ..]:
                return OverloadCommand.RunAsync(args[1..], Console.Out, Console.Error);

            case ["crowd", _, _, _]:
                return Crowd.RunAsync(args[1..]);
        }

        return args.Contains("-automated", StringComparer.Ordinal) || args.Contains("@@", StringComparer.Ordinal)
            ? ConsoleRunner.Run(args)
            : TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
