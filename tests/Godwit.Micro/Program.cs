using Godwit.Micro.Running;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Godwit.Micro;

/// <summary><c>Godwit.Micro micro ...</c> is what bench/micro runs; anything else are the tests, as in every test project.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        if (args is ["micro", ..])
        {
            return MicroCommand.RunAsync(args[1..], Console.Out, Console.Error);
        }

        return args.Contains("-automated", StringComparer.Ordinal) || args.Contains("@@", StringComparer.Ordinal)
            ? ConsoleRunner.Run(args)
            : TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
